import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { randomName } from '../../base/files/digest.ts'
import type { Layout } from '../../base/model/layout.ts'
import type { Tools } from '../../base/process/tools.ts'
import { writingTo } from '../../store/full.ts'

/** Where skopeo sees a layout, whose own path may have a colon: skopeo takes what follows that for a name. */
export const LAYOUT_VIEW = '/run/layout'

/**
 * Writes an image as an archive that every podman and docker loads, whole or not at all, under all its names. Layouts
 * with zstd they do not take. Throws DISK_FULL.
 */
export const writeArchive = async (
  layout: Pick<Layout, 'directory' | 'refs'>,
  file: string,
  { run, signal }: { run: Tools['run']; signal?: AbortSignal },
): Promise<void> => {
  const [ref, ...others] = layout.refs
  const draft = join(dirname(file), `.${randomName()}.tar`)
  const argv = [
    'skopeo',
    '--insecure-policy',
    'copy',
    '--quiet',
    ...others.flatMap((other) => ['--additional-tag', other]),
    `oci:${LAYOUT_VIEW}:${ref}`,
    // relative to its directory, whose path may have a colon, too
    `docker-archive:${basename(draft)}:${ref}`,
  ]
  const options = {
    views: { [LAYOUT_VIEW]: layout.directory },
    writable: [dirname(file)],
    cwd: dirname(file),
    title: `skopeo copy ${layout.directory}`,
    signal,
  }
  try {
    await writingTo(dirname(file), () => run(argv, options))
    await rename(draft, file)
  } finally {
    await rm(draft, { force: true })
  }
}
