import { join } from 'node:path'
import { Duplex, PassThrough } from 'node:stream'
import { Library } from '../../../core/machine/netconf/library.ts'
import { readRpcErrors } from '../../../core/machine/netconf/rpc-errors.ts'
import { Wire } from '../../../core/machine/netconf/wire.ts'
import type { Channel } from '../../../core/machine/ssh/session.ts'
import type { Random } from '../random.ts'
import { codes, piecesOf, type Target } from '../target.ts'

/** A channel whose other end says what the input is. */
const channelOf = (): Channel => {
  const channel = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() })
  return Object.assign(channel, { stderr: new PassThrough(), close: () => {} })
}

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/netconf'),
  words: [
    '<!-- a -->',
    '<![CDATA[',
    ']]>',
    ']]>]]>',
    '<?xml version="1.0"?>',
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '<rpc-reply message-id="101">',
    '</rpc-reply>',
    '<rpc-error>',
    '<error-severity>warning</error-severity>',
    '<a/>',
    '<a>',
    '</a>',
    ' xmlns:a="b"',
    '&amp;',
    '&#x110000;',
    '<__proto__>',
    '\n##\n',
  ],
  read: async (input: Buffer, random: Random) => {
    const channel = channelOf()
    const wire = new Wire(channel, {
      where: 'x:830',
      limit: 1 << 20,
      library: await Library.load(),
      end: () => {},
    })
    const answer = wire.exchange('get', 60_000)
    for (const piece of piecesOf(input, random)) channel.emit('data', piece)
    channel.emit('end')
    const { data } = await answer
    readRpcErrors(data, true)
  },
  expects: codes(/^NETCONF_/),
}
