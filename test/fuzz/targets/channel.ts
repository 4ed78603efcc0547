import { join } from 'node:path'
import { LineSplitter } from '../../../core/base/text/lines.ts'
import { decodeAnswer } from '../../../core/machine/channel/message.ts'
import type { Random } from '../random.ts'
import { holds, piecesOf, type Target } from '../target.ts'

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/channel'),
  words: ['identity 1 ', '0123456789abcdef', ' done', ' failed', ' clock', ' mtu-1', '\n'],
  read: (input: Buffer, random: Random) => {
    const lines = new LineSplitter((line) => {
      const said = decodeAnswer(line)
      if (said)
        holds(
          /^[0-9a-f]+$/.test(said.id) && said.failed.every((part) => /^[a-z0-9-]+$/.test(part)),
          'a part has no name',
        )
    })
    for (const piece of piecesOf(input, random)) lines.push(piece)
    lines.end()
  },
}
