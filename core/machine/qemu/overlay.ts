import { join } from 'node:path'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Tools } from '../../base/process/tools.ts'

/** The spec with each disk replaced by a qcow2 file in a directory; `withOverlays` makes those files. */
export const overlaysOf = (spec: MachineSpec, directory: string): MachineSpec => ({
  ...spec,
  disks: spec.disks.map((disk, index) => ({
    ...disk,
    path: join(directory, `disk${index}.qcow2`),
    format: 'qcow2',
  })),
})

/**
 * The spec with each disk replaced by a qcow2 file on top of it, so that changes can be looked at afterwards
 * and the disks stay as they are. `readable` are the backing files of the disks.
 */
export const withOverlays = async (
  spec: MachineSpec,
  directory: string,
  tools: Pick<Tools, 'run'>,
  readable: readonly string[] = [],
): Promise<MachineSpec> => {
  const result = overlaysOf(spec, directory)
  for (const [index, { path, format }] of spec.disks.entries()) {
    const overlay = result.disks[index]!.path
    await tools.run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', format, '-b', path, overlay], {
      readable: [path, ...readable],
      writable: [directory],
    })
  }
  return result
}
