import { once } from 'node:events'
import { anyHostKey, type HostKeys } from '../../machine/host-keys/host-keys.ts'
import { fingerprint } from '../../machine/host-keys/key.ts'
import { type Reached, waitForSsh } from '../../machine/ssh/answer.ts'

/** Writes a line whenever an attempt comes further, for untilHandshake. */
const told = (): Reached =>
  new Proxy<Reached>(
    { refused: false, banner: false },
    {
      set: (reached, name, value) => {
        const news = Reflect.get(reached, name) !== value
        Reflect.set(reached, name, value)
        if (news) process.stdout.write(`${JSON.stringify(reached)}\n`)
        return true
      },
    },
  )

/**
 * The child of untilHandshake: 0 once the SSH server at an address and port has completed a key exchange. It is not
 * logged in to: the connection ends with the exchange. It begins with the first byte
 * of standard input and ends with the last.
 */
export default async ([host = '', port = '']: readonly string[]): Promise<number> => {
  const orphaned = new AbortController()
  process.stdin.resume().once('close', () => orphaned.abort())
  await Promise.race([once(process.stdin, 'data'), once(orphaned.signal, 'abort')])
  const reached = told()
  const hostKeys: HostKeys = {
    ...anyHostKey,
    keep: (_, key) => {
      reached.hostKey = fingerprint(key)
    },
  }
  const target = { host, port: Number(port), user: 'antidote', password: '', hostKeys }
  const connection = await waitForSsh(target, reached, orphaned.signal)
  connection?.close()
  process.stdin.destroy()
  return connection ? 0 : 1
}
