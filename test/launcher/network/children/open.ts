import { isAntidoteError } from '../../../../core/base/errors/error.ts'
import { openNetwork } from '../../../../core/launcher/network/network.ts'
import { parseSelector } from '../../../../core/launcher/network/selector.ts'
import { readPrivileges } from '../../../../core/launcher/privileges/privileges.ts'
import { direct } from '../../../../core/launcher/spawn.ts'
import type { Given } from '../lab.ts'

// Opens the network of the namespace it runs in, tells what happens, and closes it on SIGTERM.

const { hostname, management: managed, order, ...settings } = JSON.parse(process.argv[2] ?? '{}') as Given
const tell = (kind: string, value: unknown) => process.stdout.write(`${kind} ${JSON.stringify(value)}\n`)
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort(new Error('stopped')))

// the first process of Node.js is slow, which is not what is measured here
await direct.run(['true'])
const begun = performance.now()
try {
  const network = await openNetwork({
    tools: direct,
    settings: {
      deadline: 20_000,
      settle: 0,
      slots: 0,
      spare: 0,
      mac: 'own',
      transparent: false,
      ...settings,
      ...(managed && { management: parseSelector(managed)! }),
      ...(order && { order: order.map((text) => parseSelector(text)!) }),
    },
    owner: { uid: 64055, gid: 64055 },
    can: (capability) => readPrivileges().can(capability as never),
    say: (line) => process.stdout.write(`say ${line}\n`),
    signal: stop.signal,
    ...(hostname && { hostname }),
  })
  const ms = Math.round(performance.now() - begun)
  const { slots, management } = network
  tell('open', { ms, slots, ...(management && { management: { ...management, mtu: management.mtu } }) })
  network.follow(async (slot, up) => {
    tell('link', { slot, up, mtu: slots[slot - 1]!.mtu, interface: slots[slot - 1]!.interface })
  })
  if (!stop.signal.aborted) await new Promise((resolve) => stop.signal.addEventListener('abort', resolve))
  await network.close()
  tell('closed', {})
} catch (error) {
  tell('error', isAntidoteError(error) ? [error.code, error.message, error.details.hint] : String(error))
  process.exitCode = 1
}
