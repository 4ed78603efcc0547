import type { Socket } from 'node:net'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { loggable, printable } from '../../../core/base/text/printable.ts'
import { Console } from '../../../core/machine/qemu/console.ts'
import type { Random } from '../random.ts'
import { holds, piecesOf, type Target } from '../target.ts'

/** What would move a cursor, or the text around it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is searched for
const ACTIVE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/

const socketOf = (): Socket =>
  new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() }) as unknown as Socket

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/console'),
  words: [
    '\x1b[',
    '\x1b]52;c;YQ==\x07',
    '\x1bc',
    '\x9d',
    '\u202e',
    '\r',
    '\n',
    'a\r',
    'login: ',
    'Press any key? ',
    '[    1.234567] Kernel panic - not syncing',
    'No space left on device',
  ],
  read: (input: Buffer, random: Random) => {
    const socket = socketOf()
    const guest = new Console(socket)
    for (const piece of piecesOf(input, random)) socket.emit('data', piece)
    const shown = [
      ...guest.tail(200),
      guest.question ?? '',
      printable(input.toString()),
      loggable(input.toString()),
    ]
    holds(!shown.some((line) => ACTIVE.test(line)), 'what moves a cursor is shown')
    holds(guest.tail(1000).length <= 202, 'more lines are kept than should be')
  },
}
