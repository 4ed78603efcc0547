import { printable } from '../../base/text/printable.ts'
import { askReady, controlSocket, type Environment } from './control-client.ts'

/** Prints the state and why in one line; 0 if the machine is ready. */
export default async (_words: readonly string[], env: Environment): Promise<number> => {
  const { ready, line } = await askReady(controlSocket(env))
  process.stdout.write(`${printable(line)}\n`)
  return ready ? 0 : 1
}
