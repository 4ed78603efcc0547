import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { Reader } from '../../../core/machine/serial/reader.ts'
import { WINDOW } from '../../../core/machine/serial/screen.ts'
import { Transcript } from '../../../core/machine/serial/transcript.ts'
import { TypedEcho } from '../../../core/machine/serial/typed-echo.ts'
import type { Random } from '../random.ts'
import { holds, piecesOf, type Target } from '../target.ts'

/** What a terminal does not show. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is searched for
const CONTROL = /[\0-\x08\x0b-\x1f]/

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/serial'),
  words: [
    '\x1b[',
    '\x1b[2J',
    '\x1b[999999999G',
    '\x1b[999999999C',
    '\x1b[4D',
    '\x1b]0;title\x07',
    '\x1bP',
    '\x1b\\',
    '\x9b',
    '\r',
    '\n',
    '\b',
    '[    1.234567] a kernel',
    '[12.',
    'login: ',
    'show version',
    '--More--',
  ],
  read: (input: Buffer, random: Random) => {
    const line = Object.assign(new EventEmitter(), { write: () => true })
    const reader = new Reader(line, new Transcript(undefined))
    if (random.once(2)) reader.take(new TypedEcho('show version'))
    for (const piece of piecesOf(input, random)) {
      line.emit('data', piece)
      holds(reader.text.length <= 3 * WINDOW, 'more is kept than the window holds')
      if (random.once(8)) reader.consume(random.below(reader.text.length + 1))
      if (random.once(64)) reader.releaseKernel()
    }
    line.emit('close')
    holds(!CONTROL.test(reader.text), 'a control character is in the text')
  },
}
