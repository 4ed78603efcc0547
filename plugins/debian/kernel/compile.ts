import { readFileSync } from 'node:fs'
import { linux, type Need, type Tree } from 'antidote'
import { type Resolved, SUITES } from '../options.ts'
import { builder } from './builder.ts'

/** The compiled kernel: linux-image.deb, and vmlinux for a start without a boot loader. Shared by every image. */
export const compiled = (options: Resolved): Need => {
  const { source: name, kernel } = SUITES[options.suite]
  const wanted = linux.kernelFragments(kernel, options.kernelOptions)
  const source: linux.KernelSource = {
    name,
    unpack: 'tar --strip-components=1 -xf /usr/src/linux-source-*.tar.xz\n',
    pack: readFileSync(new URL('./pack.sh', import.meta.url), 'utf8'),
    package: 'linux-image.deb',
  }
  return {
    name: 'kernel',
    version: '1',
    inputs: linux.kernelContent(source, wanted),
    needs: { builder: builder(options) },
    make: async (step) => {
      const tree: Tree = { kind: 'tree', key: '', layers: [step.ref('tree', 'builder')] }
      await linux.compileKernel(step, tree, source, wanted)
    },
  }
}
