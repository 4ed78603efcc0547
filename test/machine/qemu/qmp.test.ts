import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { Qmp } from '../../../core/machine/qemu/qmp.ts'
import { socketPair } from '../streams.ts'

type Command = { execute: string; arguments?: Record<string, unknown>; id: number }

/** Speaks QEMU's side of the protocol. */
const serve = (socket: Socket, answer: (command: Command) => object | undefined) => {
  const send = (message: object) => socket.write(`${JSON.stringify(message)}\r\n`)
  send({ QMP: { version: {}, capabilities: [] } })
  createInterface(socket).on('line', (line) => {
    const command = JSON.parse(line) as Command
    const reply = command.execute === 'qmp_capabilities' ? { return: {} } : answer(command)
    if (reply) send({ ...reply, id: command.id })
  })
  return send
}

test('gives each command its own answer, in whatever order they come', async () => {
  const { ours, theirs } = await socketPair()
  const held: Command[] = []
  const send = serve(theirs, (command) => {
    held.push(command)
    if (held.length === 2) for (const { id, execute } of held.reverse()) send({ return: `re ${execute}`, id })
    return undefined
  })
  const qmp = await Qmp.open(ours)
  expect(await Promise.all([qmp.execute('one'), qmp.execute('two', { a: 1 })])).toEqual(['re one', 're two'])
  qmp.close()
})

test('turns a refusal into an error with the sentence of QEMU', async () => {
  const { ours, theirs } = await socketPair()
  serve(theirs, () => ({ error: { class: 'GenericError', desc: 'No such device' } }))
  const qmp = await Qmp.open(ours)
  await expect(qmp.execute('device_del')).rejects.toMatchObject({
    code: 'QMP_FAILED',
    message: 'QEMU refused "device_del": No such device.',
  })
  qmp.close()
})

test('waits for an event, until aborted', async () => {
  const { ours, theirs } = await socketPair()
  const send = serve(theirs, () => ({ return: {} }))
  const qmp = await Qmp.open(ours)
  const next = qmp.next('SHUTDOWN')
  send({ event: 'RTC_CHANGE', data: {} })
  send({ event: 'SHUTDOWN', data: { guest: true } })
  expect(await next).toEqual({ event: 'SHUTDOWN', data: { guest: true } })
  expect(await qmp.next('RESET', AbortSignal.abort())).toBeUndefined()
  const never = qmp.next('RESET')
  qmp.close()
  expect(await never).toBeUndefined()
})

test('fails what was asked when QEMU ends, and what is asked later', async () => {
  const { ours, theirs } = await socketPair()
  serve(theirs, () => {
    theirs.destroy()
    return undefined
  })
  const qmp = await Qmp.open(ours)
  await expect(qmp.execute('quit')).rejects.toMatchObject({ code: 'QMP_FAILED' })
  await expect(qmp.execute('cont')).rejects.toThrow('QEMU has ended')
})

test('fails to open where QEMU ends before its greeting', async () => {
  const { ours, theirs } = await socketPair()
  theirs.destroy()
  await expect(Qmp.open(ours)).rejects.toMatchObject({ code: 'QMP_FAILED' })
})

test.each([
  ['what is no JSON', 'nonsense\n'],
  ['null', 'null\n'],
  ['a message without an end', 'x'.repeat(17 << 20)],
])('a QEMU that sends %s is one that has ended', async (_, text) => {
  const { ours, theirs } = await socketPair()
  theirs.on('error', () => {})
  serve(theirs, () => {
    theirs.write(text)
    return undefined
  })
  const qmp = await Qmp.open(ours)
  await expect(qmp.execute('query-status')).rejects.toMatchObject({ code: 'QMP_FAILED' })
  theirs.destroy()
})
