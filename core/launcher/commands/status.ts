import { printable, printableJson } from '../../base/text/printable.ts'
import { askStatus, controlSocket, type Environment } from './control-client.ts'
import { statusText } from './status-text.ts'

/** Prints all that is known of the container and its machine. */
export default async (words: readonly string[], env: Environment): Promise<number> => {
  const status = await askStatus(controlSocket(env))
  process.stdout.write(
    words.includes('--json') ? `${printableJson(status)}\n` : printable(statusText(status)),
  )
  return 0
}
