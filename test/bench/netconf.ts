import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openNetconf } from '../../core/machine/netconf/open.ts'
import { BASE11, capability, NetconfServer, operationOf, type Peer } from '../machine/netconf/server.ts'
import type { Row } from './measure.ts'

const ROUNDS = 1000

/** Rounds before the first look: what is made once, compiled code among it, is there by then. */
const BEFORE = 1000

const CONFIG = '<system xmlns="urn:ietf:params:xml:ns:yang:ietf-system"><hostname>a</hostname></system>'

const device = async (peer: Peer): Promise<void> => {
  await peer.greet([BASE11, capability('candidate:1.0')])
  for (let request = await peer.next(); request !== undefined; request = await peer.next()) {
    peer.reply(request, '<ok/>')
    if (operationOf(request) === 'close-session') peer.channel.end()
  }
}

/** Bytes of what is really in use. */
const heap = (): number => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

/** A thousand changes on one session: client and server together must not grow. */
export const netconfRows = async (): Promise<Row[]> => {
  const server = await NetconfServer.start(device)
  try {
    const session = await openNetconf(server.options())
    const rounds = async (count: number) => {
      for (let round = 0; round < count; round++) {
        await session.editConfig(CONFIG)
        await session.commit()
      }
    }
    await rounds(BEFORE)
    const before = heap()
    await rounds(ROUNDS)
    const after = heap()
    await session.close()
    return [
      {
        what: `memory after ${ROUNDS} rounds of edit-config and commit on one NETCONF session / before them`,
        value: `${(after / before).toFixed(2)} × (${(after / 1e6).toFixed(1)} MB / ${(before / 1e6).toFixed(1)} MB)`,
        limit: '1.05 ×',
        ok: after / before <= 1.05,
      },
    ]
  } finally {
    server.stop()
  }
}
