import { definePlugin, hostMirror, linux, type Plugin } from 'antidote'
import { bootstrap, SCAFFOLD } from './bootstrap.ts'
import { CLEAN, PACKAGES } from './clean.ts'
import { distroKernel } from './kernel/distro.ts'
import { minimalKernel } from './kernel/minimal.ts'
import { withDirectories } from './local.ts'
import { type DebianOptions, resolveOptions } from './options.ts'
import { basePackages } from './packages.ts'
import { rootfs, rootfsInputs } from './rootfs.ts'

export type { DebianOptions } from './options.ts'

const VERSION = '1'

/** Debian from scratch: bootstrap, kernel, and a root file system that boots and takes an SSH login. */
export const debian = (given: DebianOptions = {}): Plugin => {
  const options = resolveOptions(given, hostMirror())
  return definePlugin({
    name: 'debian',
    version: VERSION,
    apply(hooks, image) {
      const { suite, packages, mirror, components, sources, kernel } = options
      const settled = linux.settle(options, image.name)
      hooks.bootstrap.tap(
        {
          name: 'mmdebstrap',
          inputs: {
            suite,
            base: basePackages(options),
            packages,
            mirror,
            components,
            sources,
            scaffold: withDirectories(SCAFFOLD, options),
          },
          files: sources.map(({ key }) => key),
        },
        (nothing, step) => bootstrap(nothing, step, options),
      )
      if (kernel === 'minimal') minimalKernel(hooks, options)
      else distroKernel(hooks, options)
      linux.tapMachine(hooks, {
        options: settled,
        settings: { inputs: rootfsInputs(settled), make: (tree, step) => rootfs(tree, step, settled) },
        clean: CLEAN,
        packages: PACKAGES,
      })
    },
  })
}
