import { copyFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { randomName } from '../../base/files/digest.ts'
import type { Disk } from '../../base/model/artifact.ts'
import type { FileRef } from '../../base/model/file-ref.ts'
import type { Tools } from '../../base/process/tools.ts'
import { writingTo } from '../../store/full.ts'

/** Writes a disk as one file that stands by itself, whatever it is made of: whole or not at all. Throws DISK_FULL. */
export const copyDisk = async (
  { chain }: Pick<Disk, 'chain'>,
  to: string,
  { path, tools, signal }: { path(ref: FileRef): string; tools(): Promise<Tools>; signal: AbortSignal },
): Promise<void> => {
  const files = chain.map(path)
  const top = files.at(-1)!
  const draft = join(dirname(to), `.${randomName()}.qcow2`)
  try {
    await writingTo(dirname(to), async () => {
      if (files.length === 1) return copyFile(top, draft)
      const argv = ['qemu-img', 'convert', '-f', 'qcow2', '-O', 'qcow2', '-m', '1', top, draft]
      await (await tools()).run(argv, { readable: files, writable: [dirname(to)], signal })
    })
    await rename(draft, to)
  } finally {
    await rm(draft, { force: true })
  }
}
