import { errors } from '../../base/errors/catalogue.ts'
import { randomName } from '../../base/files/digest.ts'
import { lastLines } from '../../base/text/lines.ts'
import { quoteAll } from '../../base/text/quote.ts'
import type { Dialogue } from './dialogue.ts'
import { isKernelLine } from './kernel.ts'

export interface RunOnSerial {
  /** The prompt of the shell, at the end of the text: /[#$] $/. */
  prompt: RegExp
  /** Seconds, 60 if left out. */
  deadline?: number
  /** Return a failing exit status instead of throwing. */
  allowFailure?: boolean
}

export interface SerialResult {
  code: number
  /** Both outputs, without white space at the ends of lines and without messages of the kernel. */
  output: string
  /** Only the end of the output was kept. */
  cut: boolean
}

/**
 * Runs a command at the prompt of a shell and waits for the next prompt; its input is empty. The command's words
 * are read by no shell. Throws GUEST_COMMAND_FAILED, or what `expect` throws.
 */
export const run = async (
  dialogue: Dialogue,
  argv: readonly string[],
  { prompt, deadline = 60, allowFailure = false }: RunOnSerial,
): Promise<SerialResult> => {
  const mark = randomName()
  // whatever shell reads this line, it has words and quotes only; the typed marks are not the printed ones
  const script = `printf '%s:%s\\n' "$0" begin; "$@" </dev/null 2>&1; printf '\\n%s:end:%s\\n' "$0" $?`
  await dialogue.sendLine(quoteAll(['sh', '-c', script, mark, ...argv]))
  const { match, before } = await dialogue.expect(
    { end: new RegExp(`\\n?${mark}:end:(\\d+)\\n`) },
    { deadline },
  )
  const begin = `${mark}:begin\n`
  const at = before.indexOf(begin)
  const output = (at < 0 ? before : before.slice(at + begin.length))
    .split('\n')
    .filter((line) => !isKernelLine(line))
    .join('\n')
  await dialogue.expect({ prompt }, { deadline, wake: '\r' })
  const code = Number(match[1])
  if (code !== 0 && !allowFailure) throw errors.guestCommandFailed(argv.join(' '), code, lastLines(output))
  return { code, output, cut: at < 0 }
}
