import { join } from 'node:path'
import { openBridge } from '../../../plugins/ansible/bridge.ts'
import { Progress } from '../../../plugins/ansible/events.ts'
import type { Random } from '../random.ts'
import { sendTo, type Target } from '../target.ts'

const progress = new Progress()
const bridge = await openBridge({
  exec: async (argv) => ({ code: 0, stdout: Buffer.from(argv.join(' ')), stderr: Buffer.alloc(0) }),
  onEvent: (event) => progress.take(event),
  mask: () => {},
})

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/bridge'),
  words: [
    '{"bytes":0,"exec":["id"],"root":true}\n',
    '{"bytes":0,"mask":["a"]}\n',
    '{"bytes":0,"event":"stats","hosts":[]}\n',
    '"bytes":',
    '-1',
    '{}\n',
    'null\n',
    '[]\n',
    '\n',
  ],
  read: (input: Buffer, random: Random) => sendTo(bridge.path, input, random),
}
