import { join } from 'node:path'
import { linux, type PluginHooks, type Step, type Tree } from 'antidote'
import type { Resolved } from '../options.ts'
import { COMMAND_LINE } from './command-line.ts'
import { compiled } from './compile.ts'

/** A kernel compiled for a lab guest: it needs no initrd and starts without a boot loader. */
export const minimalKernel = (hooks: PluginHooks, options: Resolved): void =>
  hooks.kernel.tap(
    { name: 'minimal', inputs: { cmdline: COMMAND_LINE }, needs: { kernel: compiled(options) } },
    installKernel,
  )

const installKernel = (tree: Tree, step: Step): Promise<Tree> =>
  linux.editKernel(tree, step, async (guest) => {
    const at = '/var/tmp/linux-image.deb'
    await guest.upload(join(step.need('kernel'), 'linux-image.deb'), at)
    await guest.exec(['dpkg', '-i', at])
    await guest.exec(['rm', '-f', at])
    return linux.bootCompiled(step, guest, 'kernel', COMMAND_LINE)
  })
