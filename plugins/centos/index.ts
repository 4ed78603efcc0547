import { definePlugin, linux, type Plugin } from 'antidote'
import { bootstrap } from './bootstrap.ts'
import { CLEAN, PACKAGES } from './clean.ts'
import { scripts, tools } from './dnf/install.ts'
import { distroKernel } from './kernel/distro.ts'
import { minimalKernel } from './kernel/minimal.ts'
import { type CentosOptions, resolveOptions } from './options.ts'
import { basePackages } from './packages.ts'
import { rootfs, rootfsInputs } from './rootfs.ts'

export type { CentosOptions } from './options.ts'

const VERSION = '1'

/** CentOS Stream, Rocky Linux or AlmaLinux from scratch: bootstrap, kernel, and a root file system that boots and takes an SSH login. */
export const centos = (given: CentosOptions = {}): Plugin => {
  const options = resolveOptions(given)
  return definePlugin({
    name: 'centos',
    version: VERSION,
    apply(hooks, image) {
      const { release, repositories, sources, fingerprints, locale, kernel } = options
      const settled = linux.settle(options, image.name)
      hooks.bootstrap.tap(
        {
          name: 'dnf',
          inputs: {
            release,
            packages: basePackages(options),
            repositories,
            sources,
            fingerprints,
            locale,
            scripts: scripts(),
          },
          files: [...repositories, ...sources].flatMap(({ key }) => (key ? [key] : [])),
          needs: { tools },
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
