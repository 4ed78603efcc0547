import type { CommanderError } from 'commander'
import { errors } from '../../base/errors/catalogue.ts'
import type { AntidoteError } from '../../base/errors/error.ts'

/** What the parser of the command line found wrong, as an error of ours: one sentence, and where the help is. */
export const usageError = (error: CommanderError & { verb?: string }): AntidoteError => {
  if (error.code.startsWith('commander.help')) return errors.usage('The command line has no verb.', undefined)
  const [sentence = '', question = ''] = error.message.replace(/^error: /, '').split('\n')
  const asked = question.replace(/^\((.*)\)$/, ' $1')
  const capital = sentence.charAt(0).toUpperCase() + sentence.slice(1)
  return errors.usage(`${capital.replace(/\.?$/, '.')}${asked}`, error.verb)
}
