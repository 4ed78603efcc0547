import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { plugNic } from '../../../core/machine/qemu/plug.ts'
import { Qmp } from '../../../core/machine/qemu/qmp.ts'
import { specOf } from '../../base/model/machine-spec.ts'
import { socketPair } from '../streams.ts'

const mac = '52:54:00:00:00:03'

/** A QEMU that takes everything, or nothing of one kind; gives the commands it got. */
const qemu = async (refused?: string) => {
  const { ours, theirs } = await socketPair()
  const commands: { execute: string; arguments?: Record<string, unknown> }[] = []
  const send = (message: object) => theirs.write(`${JSON.stringify(message)}\r\n`)
  send({ QMP: {} })
  createInterface(theirs).on('line', (line) => {
    const { id, ...command } = JSON.parse(line) as { id: number; execute: string }
    if (command.execute !== 'qmp_capabilities') commands.push(command)
    send({ id, ...(command.execute === refused ? { error: { class: 'x', desc: 'no' } } : { return: {} }) })
  })
  return { qmp: await Qmp.open(ours), commands }
}

describe('a NIC that is plugged in', () => {
  test('is in the place that its slot has from the start', async () => {
    const { qmp, commands } = await qemu()
    await plugNic(qmp, specOf({ interfaces: 2 }), {
      slot: 3,
      mac,
      link: { kind: 'tap', name: 'tap3', mtu: 9000 },
    })
    expect(commands).toEqual([
      {
        execute: 'netdev_add',
        arguments: { type: 'tap', id: 'link3', ifname: 'tap3', script: 'no', downscript: 'no' },
      },
      {
        execute: 'device_add',
        arguments: {
          driver: 'virtio-net-pci',
          ...{ id: 'nic3', netdev: 'link3', mac, romfile: '', bus: 'port3', addr: '0x0', host_mtu: 9000 },
        },
      },
    ])
    qmp.close()
  })

  test('is in a slot of the root bus on pc, and e1000 is told no MTU', async () => {
    const { qmp, commands } = await qemu()
    const spec = specOf({ machine: 'pc-i440fx-10.0', nic: 'e1000' })
    await plugNic(qmp, spec, { slot: 2, mac, link: { kind: 'tap', name: 'tap2', mtu: 9000 } })
    expect(commands[1]!.arguments).toMatchObject({ driver: 'e1000', bus: 'pci.0', addr: '0x12' })
    expect(commands[1]!.arguments).not.toHaveProperty('host_mtu')
    qmp.close()
  })

  test('has a hub of its own where nobody is at the other end', async () => {
    const { qmp, commands } = await qemu()
    await plugNic(qmp, specOf(), { slot: 4, mac, link: { kind: 'none' } })
    expect(commands.slice(0, 2).map((command) => command.arguments)).toEqual([
      { type: 'hubport', id: 'link4', hubid: 4 },
      { type: 'hubport', id: 'link4-end', hubid: 4 },
    ])
    qmp.close()
  })

  test('leaves nothing behind where QEMU does not take it', async () => {
    const { qmp, commands } = await qemu('device_add')
    const plugged = { slot: 1, mac, link: { kind: 'tap', name: 'tap1' } } as const
    await expect(plugNic(qmp, specOf(), plugged)).rejects.toMatchObject({ code: 'QMP_FAILED' })
    expect(commands.at(-1)).toEqual({ execute: 'netdev_del', arguments: { id: 'link1' } })
    qmp.close()
  })
})
