import { join } from 'node:path'
import type { MachineSpec } from './spec.ts'
import type { Tools } from './tools.ts'

/**
 * The spec with each disk replaced by a qcow2 file on top of it, so that changes can be looked at afterwards
 * and the disks stay as they are. `readable` are the backing files of the disks.
 */
export const withOverlays = async (
  spec: MachineSpec,
  work: string,
  tools: Tools,
  readable: readonly string[],
): Promise<MachineSpec> => {
  const disks = []
  for (const [index, disk] of spec.disks.entries()) {
    const path = join(work, `disk${index}.qcow2`)
    await tools.run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', disk.format, '-b', disk.path, path], {
      readable: [disk.path, ...readable],
      writable: [work],
    })
    disks.push({ ...disk, path, format: 'qcow2' as const })
  }
  return { ...spec, disks }
}
