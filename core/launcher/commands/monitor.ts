import { createInterface } from 'node:readline'
import { isAntidoteError } from '../../base/errors/error.ts'
import { printable } from '../../base/text/printable.ts'
import { askMonitor, controlSocket, type Environment } from './control-client.ts'

const PROMPT = '(qemu) '

const print = (text: string) => {
  const plain = printable(text)
  process.stdout.write(plain === '' || plain.endsWith('\n') ? plain : `${plain}\n`)
}

/** A command of somebody at a prompt, who can go on after a refusal. */
const tryCommand = async (path: string, command: string): Promise<void> => {
  try {
    print(await askMonitor(path, command))
  } catch (error) {
    if (!isAntidoteError(error) || error.code !== 'CONTROL_REFUSED') throw error
    process.stderr.write(`${printable(error.message)}\n`)
  }
}

/** QEMU's human monitor: one command, or those of standard input, with a prompt on a terminal. */
export default async (words: readonly string[], env: Environment): Promise<number> => {
  const path = controlSocket(env)
  if (words.length > 0) {
    print(await askMonitor(path, words.join(' ')))
    return 0
  }
  const { stdin, stdout } = process
  const terminal = stdin.isTTY === true && stdout.isTTY === true
  if (terminal) process.stderr.write("QEMU's monitor. Ctrl-D leaves; `quit` ends the machine at once.\n")
  const lines = createInterface({
    input: stdin,
    terminal,
    ...(terminal && { output: stdout, prompt: PROMPT }),
  })
  lines.on('SIGINT', () => lines.close())
  if (terminal) lines.prompt()
  for await (const line of lines) {
    if (line.trim() !== '') await (terminal ? tryCommand(path, line) : askMonitor(path, line).then(print))
    if (terminal) lines.prompt()
  }
  if (terminal) stdout.write('\n')
  return 0
}
