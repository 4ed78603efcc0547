import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Prepared } from '../container/prepare.ts'
import type { Settings } from '../container/settings.ts'
import type { StatusDocument } from './board.ts'

/** What is known before anything was looked at. */
export const firstDocument = (spec: MachineSpec, settings: Settings): StatusDocument => {
  const now = new Date().toISOString()
  return {
    image: spec.name,
    state: 'starting',
    started: now,
    since: now,
    machine: {
      cpus: spec.cpus,
      memory: spec.memory,
      hostname: settings.hostname ?? spec.hostname,
      disk: settings.persist ? 'persist' : 'discard',
    },
    settings: settings.given,
    management: { mode: spec.management, ports: [] },
    interfaces: [],
    lesson: 'none',
  }
}

/** The interfaces as they are now, in slot order. */
export const describeInterfaces = ({ network, instance }: Prepared): StatusDocument['interfaces'] =>
  instance.links.map((_, index) => {
    const slot = network.slots[index]
    return {
      slot: index + 1,
      ...(slot?.interface && { interface: slot.interface, mtu: slot.mtu }),
      ...(slot?.addresses && { addresses: [...slot.addresses] }),
      mac: instance.macs[index + 1]!,
      up: slot?.up ?? false,
    }
  })

/** What QEMU was started with. */
export const describePrepared = (prepared: Prepared, first: StatusDocument, pid: number, ipv6: boolean) => {
  const { spec, user, network, instance, emulated } = prepared
  const { accelerator, forwards, lesson, extra = [] } = instance
  return {
    machine: {
      ...first.machine,
      accelerator: { name: accelerator, ...(emulated && { reason: emulated }) },
      qemu: { pid, user: user.name, args: [...extra] },
    },
    management: {
      mode: spec.management,
      ...(network.managed && {
        interface: network.managed.interface,
        addresses: [...network.managed.addresses],
      }),
      ...(network.management && { address: network.management.address }),
      ports: forwards.map(({ port, protocol, host, hostPort }) => ({
        port,
        protocol,
        at: `${host}:${hostPort}`,
        ...(ipv6 && host === '0.0.0.0' && { ipv6: `[::]:${hostPort}` }),
      })),
    },
    interfaces: describeInterfaces(prepared),
    lesson: !prepared.lesson
      ? 'none'
      : !spec.lesson
        ? 'not mounted by this guest'
        : lesson?.readOnly
          ? 'read-only'
          : 'read-write',
  } satisfies Partial<StatusDocument>
}
