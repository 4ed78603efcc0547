import { errors } from '../../base/errors/catalogue.ts'
import type { Tools } from '../../base/process/tools.ts'
import { blobPath } from './blob.ts'
import type { StandingImage } from './read-layout.ts'

/** What reading from layers needs. */
export interface ContentOptions {
  /** Where tar and the decompressors run. */
  run: Tools['run']
  signal?: AbortSignal
}

/** In which order layers are looked through: those that may hold it first, so that little is unpacked. */
const ORDER = ['machine', 'snapshot', '', 'disk', 'runtime']

/**
 * One text file of an image, out of the uppermost layer that has it. `role` is where it should be. Throws
 * IMAGE_UNREADABLE where no layer has it.
 */
export const readImageFile = async (
  { directory, layers }: StandingImage,
  { path, role, source }: { path: string; role: 'machine' | 'snapshot'; source: string },
  { run, signal }: ContentOptions,
): Promise<string> => {
  const rank = (of: string) => (of === role ? -1 : ORDER.indexOf(of))
  const there = layers.filter(({ missing }) => !missing)
  const ordered = there.reverse().sort((a, b) => rank(a.role) - rank(b.role))
  for (const { digest } of ordered) {
    const blob = blobPath(directory, digest)
    const { code, stdout } = await run(
      ['tar', '--extract', '--to-stdout', '--occurrence', '--file', blob, '--', path],
      { readable: [blob], allowFailure: true, title: `tar --extract ${path}`, signal },
    )
    if (code === 0) return stdout
  }
  throw errors.imageUnreadable(source, `none of its layers holds /${path}`)
}
