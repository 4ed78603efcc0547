import { join } from 'node:path'
import { Deframer, FramingError } from '../../../core/machine/netconf/framing.ts'
import type { Random } from '../random.ts'
import { holds, piecesOf, type Target } from '../target.ts'

const LIMIT = 1 << 19

/** The messages in some pieces, and what ended them. */
const read = (pieces: readonly Buffer[], chunked: boolean): { messages: string[]; failed: boolean } => {
  const deframer = new Deframer(LIMIT)
  deframer.chunked = chunked
  const messages: string[] = []
  try {
    for (const piece of pieces) {
      deframer.add(piece)
      for (let one = deframer.next(); one !== undefined; one = deframer.next()) messages.push(one)
    }
    return { messages, failed: false }
  } catch (error) {
    if (!(error instanceof FramingError)) throw error
    return { messages, failed: true }
  }
}

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/framing'),
  words: ['\n#1\n', '\n#10\n', '\n##\n', ']]>]]>', ']]>', '\n#4294967295\n', '\n#', '\n'],
  read: (input: Buffer, random: Random) => {
    const chunked = random.once(2)
    const [whole, cut] = [read([input], chunked), read(piecesOf(input, random), chunked)]
    holds(JSON.stringify(whole) === JSON.stringify(cut), 'where the pieces break makes other messages')
    holds(
      whole.messages.every((one) => one.length <= LIMIT),
      'a message is longer than the limit',
    )
  },
}
