import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineSpec } from '../../core/base/model/machine-spec.ts'
import type { Tools } from '../../core/base/process/tools.ts'
import { specify } from '../../core/build/boot.ts'
import { withBuild } from '../../core/cli/session/with-build.ts'
import { checkBanner } from '../../core/machine/check.ts'
import { boundForwards } from '../../core/machine/host/forwards.ts'
import { macAddress } from '../../core/machine/qemu/mac-address.ts'
import { overlaysOf } from '../../core/machine/qemu/overlay.ts'
import { startQemu } from '../../core/machine/qemu/qemu.ts'
import { prepareState } from '../../core/machine/snapshot/prepare.ts'
import { FILES, readRecord, type SnapshotRecord } from '../../core/machine/snapshot/record.ts'
import { restore } from '../../core/machine/snapshot/restore.ts'
import { ensureSnapshots } from '../../core/publish/snapshot.ts'

/** A machine that a build saved, and what it takes to restore it. */
export interface SavedBuild {
  directory: string
  record: SnapshotRecord
  spec: MachineSpec
  tools: Tools
  readable: string[]
}

/** Builds and saves the machine of an image directory, or takes it from the store. */
export const savedMachine = (image: string): Promise<SavedBuild> =>
  withBuild({ json: true, directory: image }, 'publish', async ({ build, store }) => {
    const { disk, spec } = await specify(build)
    const [saved] = await ensureSnapshots(build, disk, spec)
    const directory = store.entryDirectory(saved!.files[0]!.step)
    const found = await readRecord({ directory, sha256: saved!.sha256 })
    if ('problem' in found) throw new Error(found.problem)
    const readable = disk.chain.map((file) => store.path(file))
    return { directory, record: found.record, spec, tools: await build.maker.toolbox(), readable }
  })

/** Milliseconds from the start of QEMU. */
export interface Restored {
  running: number
  banner: number
}

/** Restores it once, and ends it when its SSH server has spoken. Throws what keeps it from that. */
export const restoreOnce = async (
  { directory, record, spec: saved, tools, readable }: SavedBuild,
  work: string,
  signal: AbortSignal,
): Promise<Restored> => {
  mkdirSync(work, { recursive: true })
  const spec = overlaysOf(saved, directory)
  const macs = Array.from({ length: spec.interfaces + 1 }, (_, slot) => macAddress(work, slot))
  const forwards = [{ host: '127.0.0.1', hostPort: 0, port: 22, protocol: 'tcp' as const }]
  const instance = {
    accelerator: 'tcg' as const,
    macs,
    forwards,
    management: { kind: 'user' as const },
    links: Array.from({ length: spec.interfaces }, () => ({ kind: 'none' as const })),
    writeDisks: false,
    memory: { file: join(directory, FILES.memory), use: 'restore' as const },
  }
  const state = join(work, 'state')
  const began = performance.now()
  const [, qemu] = await Promise.all([
    prepareState(directory, record, macs, state),
    startQemu(spec, instance, { tools, work, readable: [directory, ...readable], signal }),
  ])
  try {
    await restore(qemu.qmp, spec, { qemu: record.qemu, state }, { signal })
    const running = performance.now() - began
    const [ssh] = await boundForwards(qemu.qmp, forwards)
    const problem = await checkBanner({ host: ssh!.host, port: ssh!.hostPort }, 60_000, signal)
    if (problem) throw new Error(problem.text)
    return { running, banner: performance.now() - began }
  } finally {
    await qemu.kill()
  }
}
