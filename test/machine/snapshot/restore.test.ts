import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { Qmp } from '../../../core/machine/qemu/qmp.ts'
import { restore } from '../../../core/machine/snapshot/restore.ts'
import { specOf } from '../../base/model/machine-spec.ts'
import { socketPair } from '../streams.ts'

const SAVED = { qemu: '10.0.2 Debian', state: '/state' }
const signal = new AbortController().signal

/** A QEMU that loads as the test says; gives the commands it got. */
const qemu = async (status: 'completed' | 'failed' | 'ends', version = { major: 10, minor: 0, micro: 2 }) => {
  const { ours, theirs } = await socketPair()
  const commands: { execute: string; arguments?: Record<string, unknown> }[] = []
  const send = (message: object) => theirs.write(`${JSON.stringify(message)}\r\n`)
  send({ QMP: { version: {}, capabilities: [] } })
  createInterface(theirs).on('line', (line) => {
    const { id, ...command } = JSON.parse(line) as { id: number; execute: string }
    if (command.execute !== 'qmp_capabilities') commands.push(command)
    const answers: Record<string, object> = {
      'query-version': { qemu: version, package: 'Debian' },
      'query-migrate': { 'error-desc': 'Unknown ramblock "pc.ram"' },
    }
    send({ id, return: answers[command.execute] ?? {} })
    if (command.execute !== 'migrate-incoming') return
    if (status === 'ends') theirs.end()
    else for (const one of ['setup', 'active', status]) send({ event: 'MIGRATION', data: { status: one } })
  })
  const qmp = await Qmp.open(ours)
  return { qmp, commands, names: () => commands.map(({ execute }) => execute) }
}

test('loads, lets the guest go on, then tells switches and plugs in what cannot be saved', async () => {
  const { qmp, commands, names } = await qemu('completed')
  const spec = specOf({ snapshot: true })
  const plug = async () => {
    await qmp.execute('netdev_add')
  }
  let before: string[] = []
  const onRun = () => {
    before = names()
  }
  await restore(qmp, spec, SAVED, { lesson: { directory: '/antidote' }, plug, signal, onRun })
  expect(before.at(-1)).toBe('cont')
  expect(names()).toEqual([
    'query-version',
    'migrate-set-capabilities',
    'migrate-incoming',
    // cards come before the guest runs
    'netdev_add',
    'cont',
    'announce-self',
    'device_add',
  ])
  expect(commands[2]!.arguments).toEqual({ uri: 'file:/state' })
  expect(commands[6]!.arguments).toMatchObject({ driver: 'virtio-9p-pci', bus: 'lesson-port' })
  qmp.close()
})

test('a state of another QEMU is not loaded', async () => {
  const { qmp, names } = await qemu('completed', { major: 10, minor: 1, micro: 0 })
  await expect(restore(qmp, specOf(), SAVED, { signal })).rejects.toMatchObject({
    code: 'SNAPSHOT_QEMU',
    message: 'The machine was saved by QEMU 10.0.2 Debian, and this is QEMU 10.1.0 Debian.',
  })
  expect(names()).toEqual(['query-version'])
  qmp.close()
})

test.for([
  ['failed', 'Unknown ramblock'],
  ['ends', 'QEMU ended'],
] as const)('a guest whose state %s does not go on', async ([status, reason]) => {
  const { qmp, names } = await qemu(status)
  await expect(restore(qmp, specOf(), SAVED, { signal })).rejects.toThrow(reason)
  expect(names()).not.toContain('cont')
  qmp.close()
})

test('giving up throws what it was given up for', async () => {
  const { qmp, names } = await qemu('completed')
  const reason = new Error('stopped')
  await expect(restore(qmp, specOf(), SAVED, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  expect(names()).not.toContain('cont')
  qmp.close()
})
