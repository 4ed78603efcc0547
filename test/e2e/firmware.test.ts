import { once } from 'node:events'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { MachineSpec } from '../../core/base/model/machine-spec.ts'
import { withBuild } from '../../core/cli/session/with-build.ts'
import { launchMachine, type StartOptions } from '../../core/machine/launch.ts'
import { MEMORY } from '../../core/machine/qemu/arguments.ts'
import { OVMF } from '../../core/machine/qemu/firmware.ts'
import type { Qemu } from '../../core/machine/qemu/qemu.ts'
import { endOfBlocks } from '../../core/machine/snapshot/addresses/stream.ts'
import { leaveMemoryOut, migrate } from '../../core/machine/snapshot/migrate.ts'
import { FILES } from '../../core/machine/snapshot/record.ts'
import { qemuVersion, restore } from '../../core/machine/snapshot/restore.ts'
import { specOf } from '../base/model/machine-spec.ts'
import { ROOT } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

const work = temporaryDirectory()

/** The variables as the guest sees them: their chip ends where that of the code begins, and that at 4 GiB. */
const variablesOf = async ({ qmp }: Qemu, file: string, code: number, size: number): Promise<Buffer> => {
  await qmp.execute('pmemsave', { val: 2 ** 32 - code - size, size, filename: file })
  return readFile(file)
}

test('UEFI is saved with its variables and goes on from there, and the files it came with stay as they are', async () => {
  await withBuild({ json: true, directory: ROOT }, 'boot', async ({ build }) => {
    const tools = await build.maker.toolbox()
    const disk = join(work, 'empty.qcow2')
    await tools.run(['qemu-img', 'create', '-q', '-f', 'qcow2', disk, '8M'], { writable: [work] })
    const spec: MachineSpec = specOf({
      firmware: 'uefi',
      disks: [{ path: disk, format: 'qcow2', bus: 'virtio' }],
    })
    const at = (path: string) => join(tools.tree, path)
    const pristine = await readFile(at(OVMF.variables))
    const sizes = [(await stat(at(OVMF.code))).size, pristine.length] as const
    const saved = join(work, 'saved')
    await mkdir(saved)
    const { signal } = new AbortController()
    const options = (name: string, rest: Partial<StartOptions>): StartOptions => ({
      tools,
      work: join(work, name),
      seed: name,
      ...rest,
    })

    const macs = ['52:54:00:01:02:03']
    const memory = join(saved, FILES.memory)
    const state = join(saved, FILES.state)
    const first = await launchMachine(spec, options('first', { macs, memory: { file: memory, use: 'save' } }))
    // the disk is empty, so it ends in its own shell
    while (!first.qemu.console.tail(200).some((line) => /loading Boot\d+ "EFI Internal Shell"/.test(line)))
      await once(first.qemu.console, 'line')
    await first.qemu.qmp.execute('stop')
    const before = await variablesOf(first.qemu, join(work, 'first/variables'), ...sizes)
    expect(before.equals(pristine)).toBe(false)
    const qemu = await qemuVersion(first.qemu.qmp)
    await leaveMemoryOut(first.qemu.qmp)
    await migrate(first.qemu.qmp, 'migrate', state, signal)
    await first.qemu.kill()
    expect((await readFile(at(OVMF.variables))).equals(pristine)).toBe(true)

    // pages with a container's own addresses have a place beside the chips
    expect(endOfBlocks(await readFile(state), MEMORY, spec.memory * 1024 ** 2)).toBeDefined()
    const second = await launchMachine(
      spec,
      options('second', { macs, memory: { file: memory, use: 'restore' }, readable: [saved] }),
    )
    const said = once(second.qemu.console, 'data')
    await restore(second.qemu.qmp, spec, { qemu, state }, { signal })
    const after = await variablesOf(second.qemu, join(work, 'second/variables'), ...sizes)
    expect(after.equals(before)).toBe(true)
    await said
    await second.qemu.kill()
    expect((await readFile(at(OVMF.variables))).equals(pristine)).toBe(true)
  })
}, 600_000)
