import { errors } from '../../base/errors/catalogue.ts'
import type { Tools } from '../../base/process/tools.ts'
import type { Command } from './command.ts'
import { parseRefusals, type Refusal } from './refusal.ts'

/**
 * Runs commands in one process, each whether those before it went well or not; gives those that did not.
 * Throws COMMAND_FAILED if the program itself fails.
 */
export const batch = async (
  tools: Tools,
  program: 'ip' | 'tc',
  commands: readonly Command[],
): Promise<Refusal[]> => {
  if (commands.length === 0) return []
  const input = commands.map(({ argv }) => `${argv.join(' ')}\n`).join('')
  const result = await tools.run([program, '-force', '-batch', '-'], {
    input,
    allowFailure: true,
    network: true,
  })
  const refusals = parseRefusals(result.stderr, commands)
  if (result.code !== 0 && refusals.length === 0) {
    const lines = result.stderr.split('\n').filter((line) => line.trim() !== '')
    throw errors.commandFailed(`${program} -batch`, `exit status ${result.code}`, lines)
  }
  return refusals
}
