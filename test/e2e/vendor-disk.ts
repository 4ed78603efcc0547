import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sha256File } from '../../core/base/files/digest.ts'
import { specify } from '../../core/build/boot.ts'
import { withBuild } from '../../core/cli/session/with-build.ts'

/** Builds a double, or takes it from the store, and gives its disk in the form in which the vendor ships one. */
export const vendorDisk = (
  double: string,
  format: { file: string; convert: readonly string[] },
  directory: string,
): Promise<{ path: string; sha256: string }> =>
  withBuild(
    { json: true, directory: fileURLToPath(new URL(double, import.meta.url)) },
    'boot',
    async (session) => {
      const { build, store } = session
      const { disk } = await specify(build)
      const chain = disk.chain.map((file) => store.path(file))
      const path = join(directory, format.file)
      const tools = await build.maker.toolbox()
      await tools.run(['qemu-img', 'convert', ...format.convert, chain.at(-1)!, path], {
        readable: chain,
        writable: [directory],
      })
      return { path, sha256: await sha256File(path) }
    },
  )
