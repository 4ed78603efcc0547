import { join } from 'node:path'
import { serveNames } from '../../../core/store/namespace/name-service.ts'
import type { Random } from '../random.ts'
import { scratch } from '../scratch.ts'
import { holds, sendTo, type Target } from '../target.ts'

const path = join(scratch(), 'names')
const asked: string[] = []
await serveNames(path, async (name) => {
  asked.push(name)
  return [
    { address: '192.0.2.1', family: 4 },
    { address: 'fe80::1%eth0', family: 6 },
    { address: '::ffff:192.0.2.1', family: 6 },
  ]
})

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/names'),
  words: [
    '\x02\0\0\0',
    '\x0e\0\0\0',
    '\x04\0\0\0',
    '\x05\0\0\0',
    '\xff\xff\xff\x7f',
    '\xff\xff\xff\xff',
    'localhost\0',
    '\0',
  ],
  read: async (input: Buffer, random: Random) => {
    await sendTo(path, input, random)
    holds(
      asked.splice(0).every((name) => name.length <= 1024),
      'a name is longer than names are',
    )
  },
}
