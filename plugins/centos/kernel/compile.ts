import { readFileSync } from 'node:fs'
import { linux, type Need, type Tree } from 'antidote'
import { DISTRIBUTIONS, LINUX } from '../distributions.ts'
import type { Resolved } from '../options.ts'
import { builder } from './builder.ts'

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

/** The compiled kernel: kernel.rpm, and vmlinux for a start without a boot loader. Shared by every image. */
export const compiled = (options: Resolved): Need => {
  const { distribution, major } = options.release
  const wanted = linux.kernelFragments(LINUX[major]!, options.kernelOptions)
  const source: linux.KernelSource = {
    name: `the kernel of ${DISTRIBUTIONS[distribution].title} ${major}`,
    unpack: read('./unpack.sh'),
    pack: read('./pack.sh'),
    package: 'kernel.rpm',
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
