import { readFileSync } from 'node:fs'
import { linux, type Need } from 'antidote'
import { type Resolved, SUITES } from '../options.ts'
import { builder } from './builder.ts'

/** The kernel of the suite, compiled. */
export const compiled = (options: Resolved): Need => {
  const { source: name, kernel } = SUITES[options.suite]
  const source: linux.KernelSource = {
    name,
    unpack: 'tar --strip-components=1 -xf /usr/src/linux-source-*.tar.xz\n',
    pack: readFileSync(new URL('./pack.sh', import.meta.url), 'utf8'),
    package: 'linux-image.deb',
  }
  return linux.compiledKernel(source, linux.kernelFragments(kernel, options.kernelOptions), builder(options))
}
