import { join } from 'node:path'
import { sha256 } from '../base/files/digest.ts'
import type { Disk } from '../base/model/artifact.ts'
import { canonical, toData } from '../base/model/key.ts'
import type { MachineSpec } from '../base/model/machine-spec.ts'
import { specify } from '../build/boot.ts'
import type { Build } from '../build/build.ts'
import { type PlannedNeed, planNeed } from '../build/plan.ts'
import type { Step } from '../contract/plugin/step.ts'
import { kvmVerdict } from '../machine/host/accelerator.ts'
import { checkSavable, type SavableSpec, savable } from '../machine/snapshot/accelerators.ts'
import { hardwareOf } from '../machine/snapshot/fit.ts'
import { proveSnapshot } from '../machine/snapshot/proof/prove.ts'
import { FILES } from '../machine/snapshot/record.ts'
import { writeRecord } from '../machine/snapshot/save.ts'
import { bootAndSave } from './boot-and-save.ts'
import type { SavedFiles } from './oci/machine-layers.ts'

/** Raised when a machine is saved in another way. */
export const SNAPSHOT_VERSION = '4'

const disksOf = ({ disks }: MachineSpec): string[] => disks.map((_, index) => `disk${index}.qcow2`)

/** What a saved machine hangs on: not what the host calls its files, nor what nobody in the guest sees. */
const inputsOf = (spec: SavableSpec, disk: Disk) => ({
  disk: disk.key,
  hardware: hardwareOf(spec, spec.accelerator),
  lesson: spec.lesson,
  ready: spec.ready,
  direct: spec.directBoot?.cmdline ?? null,
  disks: spec.disks.map(({ format, bus }) => ({ format, bus })),
  // what most machines do not have is not in their keys
  ...(spec.reserved && { reserved: spec.reserved }),
  ...(spec.bridge && { bridge: true }),
  ...(spec.smbios && { smbios: spec.smbios }),
  ...(spec.entropy === false && { entropy: false }),
  ...(spec.firmware === 'uefi' && { firmware: spec.firmware }),
})

/** Where a saved machine's disk stands on another: beside its own directory, in the store as in an image. */
const rebase = async (step: Step, spec: MachineSpec, disk: Disk, build: Build): Promise<void> => {
  const base = disk.chain.at(-1)!
  for (const [index, name] of disksOf(spec).entries()) {
    const { path, format } = spec.disks[index]!
    const own = path === build.store.path(base)
    const backing = own ? `../${base.step}/${base.path}` : `../disk${index + 1}/${path.split('/').at(-1)}`
    await step.run(['qemu-img', 'rebase', '-u', '-F', format, '-b', backing, join(step.out, name)])
  }
}

const makeSnapshot = async (build: Build, disk: Disk, spec: SavableSpec, step: Step): Promise<void> => {
  const tools = await build.maker.toolbox()
  const readable = disk.chain.map((file) => build.store.path(file))
  const seed = sha256(canonical(toData(inputsOf(spec, disk), 'the snapshot')))
  step.log.info(`booting the machine that is saved under ${spec.accelerator.toUpperCase()}`)
  const record = await bootAndSave(step, spec, { tools, readable, seed })
  const { memory, state } = record
  step.log.info(
    `saved: ${memory.places.length} places of its addresses in memory, ${state.places.length} in devices`,
  )
  const started = {
    ...spec,
    disks: spec.disks.map((one, at) => ({
      ...one,
      format: 'qcow2' as const,
      path: join(step.out, disksOf(spec)[at]!),
    })),
  }
  const proof = await proveSnapshot(
    record,
    { restored: started, booted: spec },
    {
      directory: step.out,
      work: step.work,
      tools,
      readable: [...readable, ...spec.disks.map(({ path }) => path)],
      signal: step.signal,
      seed,
      say: (text) => step.log.info(text),
    },
  )
  await rebase(step, spec, disk, build)
  await writeRecord(step.out, { ...record, proof })
}

/** A machine, booted and saved and proven. Keyed by its disk and its hardware. */
const snapshotNeed = (build: Build, disk: Disk, spec: SavableSpec): PlannedNeed =>
  planNeed(build, 'publish', 'antidote', {
    name: spec.accelerator === 'tcg' ? 'snapshot' : `snapshot under ${spec.accelerator.toUpperCase()}`,
    version: SNAPSHOT_VERSION,
    inputs: inputsOf(spec, disk),
    make: (step) => makeSnapshot(build, disk, spec, step),
  })

/**
 * Makes sure that this host can save an image's machines, before anything long is begun for them; what the store has
 * already need not be saved. Throws SNAPSHOT_CPU and SNAPSHOT_KVM.
 */
export const checkSnapshots = async (build: Build): Promise<void> => {
  const { disk, spec } = await specify(build)
  for (const one of savable(spec))
    if (!(await build.store.verified(snapshotNeed(build, disk, one).key)))
      await checkSavable(one, async () => kvmVerdict(await build.maker.toolbox()))
}

/** The saved machines of an image, one for each accelerator that its spec asks for; made where the store lacks them. */
export const ensureSnapshots = async (build: Build, disk: Disk, spec: MachineSpec): Promise<SavedFiles[]> => {
  const saved: SavedFiles[] = []
  for (const one of savable(spec)) {
    const { key, files } = await build.maker.need(snapshotNeed(build, disk, one))
    const names = [FILES.record, FILES.memory, FILES.state, ...disksOf(spec)]
    saved.push({
      accelerator: one.accelerator,
      files: names.map((path) => ({ step: key, path })),
      sha256: files[FILES.record]!,
    })
  }
  return saved
}
