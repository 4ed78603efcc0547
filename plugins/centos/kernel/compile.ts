import { readFileSync } from 'node:fs'
import { linux, type Need } from 'antidote'
import { DISTRIBUTIONS, LINUX } from '../distributions.ts'
import type { Resolved } from '../options.ts'
import { builder } from './builder.ts'

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

/** The kernel of the release, compiled. */
export const compiled = (options: Resolved): Need => {
  const { distribution, major } = options.release
  const source: linux.KernelSource = {
    name: `the kernel of ${DISTRIBUTIONS[distribution].title} ${major}`,
    unpack: read('./unpack.sh'),
    pack: read('./pack.sh'),
    package: 'kernel.rpm',
  }
  return linux.compiledKernel(
    source,
    linux.kernelFragments(LINUX[major]!, options.kernelOptions),
    builder(options),
  )
}
