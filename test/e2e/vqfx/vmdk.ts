import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withBuild } from '../../../core/cli/session.ts'
import { sha256File } from '../../../core/digest.ts'
import { specify } from '../../../core/lifecycle/boot.ts'

const DOUBLE = fileURLToPath(new URL('./double', import.meta.url))

/** Builds the double, or takes it from the store, and gives its disk in the form in which the vendor ships one. */
export const vendorDisk = (directory: string): Promise<{ path: string; sha256: string }> =>
  withBuild({ json: true, directory: DOUBLE }, 'boot', async ({ build, store }) => {
    const { disk } = await specify(build)
    const chain = disk.chain.map((file) => store.path(file))
    const path = join(directory, 'vqfx.vmdk')
    const tools = await build.maker.toolbox()
    await tools.run(
      ['qemu-img', 'convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', chain.at(-1)!, path],
      { readable: chain, writable: [directory] },
    )
    return { path, sha256: await sha256File(path) }
  })
