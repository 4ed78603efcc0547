import type { Command } from 'commander'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { completionTree } from '../completion/tree.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { type GlobalOptions, print } from '../session/common.ts'

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }

/** The verb for a program: it completes that program's own verbs and options. */
export const completionOf =
  (program: Command) =>
  async (shell: keyof typeof SCRIPTS, options: GlobalOptions): Promise<number> => {
    const script = SCRIPTS[shell](completionTree(program))
    print(options, { shell, script }, () => script)
    return 0
  }
