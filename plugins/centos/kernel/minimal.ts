import { join } from 'node:path'
import { linux, type PluginHooks } from 'antidote'
import { install, scripts, tools } from '../dnf/install.ts'
import type { Resolved } from '../options.ts'
import { commandLine } from './command-line.ts'
import { compiled } from './compile.ts'

/** The distribution's kernel compiled for a lab guest: it needs no initrd and starts without a boot loader. */
export const minimalKernel = (hooks: PluginHooks, options: Resolved): void => {
  const cmdline = commandLine(options)
  const { release } = options
  const inputs = { release, cmdline, scripts: scripts() }
  hooks.kernel.tap({ name: 'minimal', inputs, needs: { tools, kernel: compiled(options) } }, (tree, step) =>
    linux.editKernel(tree, step, async (guest) => {
      await install(step, {
        root: { path: '/tree', guest },
        source: options,
        repositories: [],
        packages: [],
        own: [join(step.need('kernel'), 'kernel.rpm')],
      })
      return linux.bootCompiled(step, guest, 'kernel', cmdline)
    }),
  )
}
