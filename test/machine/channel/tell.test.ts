import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { newIdentity } from '../../../core/machine/channel/identity.ts'
import { tellIdentity } from '../../../core/machine/channel/tell.ts'
import { Qmp } from '../../../core/machine/qemu/qmp.ts'
import { socketPair } from '../streams.ts'

/** A QEMU whose guest does with each message as the test says; `event` is QEMU's own word. */
const machine = async (
  onMessage: (id: string, say: (line: string) => void, event: (data: object) => void) => void,
  listens = true,
) => {
  const control = await socketPair()
  const port = await socketPair()
  const send = (message: object) => control.theirs.write(`${JSON.stringify(message)}\r\n`)
  send({ QMP: { version: {}, capabilities: [] } })
  createInterface(control.theirs).on('line', (line) => {
    const { id, execute } = JSON.parse(line) as { id: number; execute: string }
    const devices = ['control', 'channel'].map((label) => ({
      label,
      'frontend-open': label === 'control' || listens,
    }))
    send({ id, return: execute === 'query-chardev' ? devices : {} })
  })
  const heard: string[] = []
  createInterface(port.theirs).on('line', (line) => {
    heard.push(line)
    if (line !== 'end') return
    const id = heard.findLast((one) => one.startsWith('identity '))!.split(' ')[2]!
    onMessage(
      id,
      (said) => port.theirs.write(`${said}\n`),
      (data) => send({ event: 'VSERPORT_CHANGE', data }),
    )
  })
  port.ours.resume()
  const qmp = await Qmp.open(control.ours)
  const end = () => {
    qmp.close()
    port.theirs.destroy()
  }
  return { qmp, channel: port.ours, heard, guest: port.theirs, end }
}

test('a guest takes everything', async () => {
  const { heard, end, ...qemu } = await machine((id, say) => say(`identity 1 ${id} done`))
  const identity = newIdentity({ hostname: 'r1' })
  expect(await tellIdentity(qemu, identity)).toEqual({ ms: expect.any(Number), failed: [] })
  expect(heard).toContain(`machine-id ${identity.machineId}`)
  expect(heard).toContain('hostname r1')
  end()
})

test('or tells what it could not take; what it says beside that does not count', async () => {
  const { end, ...qemu } = await machine((id, say) => {
    say('hello')
    say('identity 1 ffff done')
    say(`identity 1 ${id} failed clock mtu-1`)
  })
  expect(await tellIdentity(qemu, newIdentity())).toMatchObject({ failed: ['clock', 'mtu-1'] })
  end()
})

test('where nothing listens, nothing is sent: it would be taken later', async () => {
  const { end, heard, ...qemu } = await machine(() => {}, false)
  expect(await tellIdentity(qemu, newIdentity())).toEqual({
    reason: 'nothing in the guest listens on its channel',
  })
  expect(heard).toEqual([])
  end()
})

test.for<[string, Parameters<typeof machine>[0], string]>([
  ['says nothing', () => {}, 'the guest did not answer within 0.05 s'],
  [
    'stops to listen',
    (_id, _say, event) => event({ id: 'channel', open: false }),
    'the guest closed its channel without an answer',
  ],
  [
    'speaks another version',
    (id, say) => say(`identity 1 ${id} failed version`),
    'the guest speaks another version of our language',
  ],
  ['never ends', (_id, say) => say('x'.repeat(5000)), 'the guest answered with something else'],
])('of a guest that %s the reason is told', async ([, act, reason]) => {
  const { end, ...qemu } = await machine(act)
  expect(await tellIdentity(qemu, newIdentity(), 50)).toEqual({ reason })
  end()
})

test('what another port of the guest does is not its business', async () => {
  const { end, ...qemu } = await machine((id, say, event) => {
    event({ id: 'agent', open: false })
    event({ id: 'channel', open: true })
    setTimeout(() => say(`identity 1 ${id} done`), 20)
  })
  expect(await tellIdentity(qemu, newIdentity())).toMatchObject({ failed: [] })
  end()
})

test('QEMU that ends is no reason to wait', async () => {
  const { end, guest, ...qemu } = await machine(() => guest.destroy())
  expect(await tellIdentity(qemu, newIdentity())).toEqual({ reason: 'QEMU ended' })
  end()
})
