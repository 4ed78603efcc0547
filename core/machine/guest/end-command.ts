import { messageOf } from '../../base/errors/error.ts'
import { randomName } from '../../base/files/digest.ts'
import type { SshConnection } from '../ssh/ssh.ts'
import { commandLine } from './command-line.ts'

/** Milliseconds for the guest to end a command that was given up. */
const DEADLINE = 10_000

/** Kills everything that has the mark in its environment. */
const SCRIPT = `for file in $(grep -lsF -e "$1" /proc/[0-9]*/environ); do
  file=\${file#/proc/}
  kill -KILL "\${file%%/*}"
done`

/** The variable that marks a command of ours, and whatever that starts. */
export const newMark = (): Record<string, string> => ({ ANTIDOTE_COMMAND: randomName() })

/** Ends a marked command with its children, as root where the command runs as root. Never throws. */
export const endCommand = async (
  connection: SshConnection,
  mark: Record<string, string>,
  sudo: boolean,
): Promise<void> => {
  const [text] = Object.values(mark)
  const argv = ['sh', '-c', SCRIPT, 'sh', text!]
  // what cannot be ended any more was given up anyway
  await connection.exec(commandLine(argv, {}, sudo), { timeout: DEADLINE }).catch(messageOf)
}
