import { type GlobalOptions, print } from '../common.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { completionTree } from '../completion/tree.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { createProgram } from '../program.ts'

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }

export default async (shell: keyof typeof SCRIPTS, options: GlobalOptions): Promise<number> => {
  const script = SCRIPTS[shell](completionTree(createProgram(() => {})))
  print(options, { shell, script }, () => script)
  return 0
}
