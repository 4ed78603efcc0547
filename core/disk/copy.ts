import { copyFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Disk } from '../lifecycle/artifact.ts'
import type { Tools } from '../machine/tools.ts'
import type { FileRef } from '../store/record.ts'

/** Writes a disk as one file that stands by itself, whatever it is made of. */
export const copyDisk = async (
  { chain }: Pick<Disk, 'chain'>,
  to: string,
  { path, tools, signal }: { path(ref: FileRef): string; tools(): Promise<Tools>; signal: AbortSignal },
): Promise<void> => {
  const files = chain.map(path)
  const top = files.at(-1)!
  if (files.length === 1) return copyFile(top, to)
  const argv = ['qemu-img', 'convert', '-f', 'qcow2', '-O', 'qcow2', '-m', '1', top, to]
  await (await tools()).run(argv, { readable: files, writable: [dirname(to)], signal })
}
