import { dirname, join, relative } from 'node:path'
import type { FileRef } from '../../base/model/file-ref.ts'
import type { MachineWorld } from './context.ts'

const placeOf = ({ step, path }: FileRef): string => join(step, path)

/**
 * Names the file that an overlay of the step stands on, relative to itself: right wherever the entries of the store are
 * side by side, in another store or in an image.
 */
export const standOn = async (
  { tools, path, signal }: Pick<MachineWorld, 'tools' | 'path' | 'signal'>,
  overlay: FileRef,
  base: FileRef,
): Promise<void> => {
  const backing = relative(dirname(placeOf(overlay)), placeOf(base))
  const file = path(overlay)
  const argv = ['qemu-img', 'rebase', '-u', '-f', 'qcow2', '-F', 'qcow2', '-b', backing, file]
  await tools.run(argv, { writable: [dirname(file)], signal })
}
