import { table } from '../../base/text/table.ts'
import { shown } from '../network/selector.ts'
import { identityLine, type StatusDocument, stateLine } from '../report/board.ts'

const accelerator = ({ machine }: StatusDocument): string => {
  if (!machine.accelerator) return 'not chosen yet'
  const { name, reason } = machine.accelerator
  return name === 'kvm' ? 'KVM' : `TCG (emulated)${reason ? `: ${reason}` : ''}`
}

const qemu = ({ machine }: StatusDocument): string => {
  if (!machine.qemu) return 'does not run'
  const { pid, user, args } = machine.qemu
  return `process ${pid} as ${user}${args.length > 0 ? `, with ${args.join(' ')}` : ''}`
}

const management = ({ management: { mode, address, interface: name, addresses = [] } }: StatusDocument) => {
  const where = name === undefined ? '' : `; the container's interface is ${shown({ name, addresses })}`
  if (mode === 'forward') return `ports are forwarded${where}`
  return `the guest has the container's address${address ? `, ${address}` : ''}${where}`
}

const snapshot = ({ snapshot }: StatusDocument): string[] => {
  if (!snapshot) return []
  if (!snapshot.restored) return [`not used: ${snapshot.reason}`]
  return [
    `restored in ${snapshot.ms} ms`,
    ...(snapshot.identity ? [identityLine(snapshot.identity)] : []),
    ...(snapshot.lacks ?? []).map((what) => `not told to the guest: ${what}`),
    ...snapshot.shared.map((what) => `shared with other containers: ${what}`),
  ]
}

/** A title in the first column, lines in the second. */
const section = (title: string, lines: readonly string[]): string[][] =>
  lines.map((line, index) => [index === 0 ? title : '', line])

/** The status for people: aligned, everything that was changed included. */
export const statusText = (status: StatusDocument): string => {
  const { image, started, since, bootMs, machine, interfaces, settings, lesson } = status
  const ports = status.management.ports.map(({ port, protocol, at, ipv6 }) => [
    `${port}/${protocol}`,
    `at ${at}${ipv6 ? ` and ${ipv6}` : ''}`,
  ])
  const cards = interfaces.map(({ slot, interface: name = '-', addresses = [], mac, mtu, up }) => [
    String(slot),
    name,
    mac,
    mtu === undefined ? '-' : String(mtu),
    up ? 'up' : 'down',
    addresses.join(' ') || '-',
  ])
  const rows = [
    ['image', image],
    ['state', stateLine(status)],
    ['since', since],
    ['started', started],
    ...(bootMs === undefined ? [] : [['boot', `${(bootMs / 1000).toFixed(1)} s`]]),
    ...(status.hostKey === undefined ? [] : [['host key', status.hostKey]]),
    ...section('snapshot', snapshot(status)),
    ['hostname', machine.hostname],
    ['CPUs', String(machine.cpus)],
    ['memory', `${machine.memory} MiB`],
    ['accelerator', accelerator(status)],
    ['QEMU', qemu(status)],
    ['disk', machine.disk === 'persist' ? 'changes are kept' : 'changes are thrown away at the end'],
    ['lesson', lesson],
    ['management', management(status)],
    ...section('ports', ports.length > 0 ? table(ports) : ['none']),
    ...section(
      'interfaces',
      cards.length > 0
        ? table([['slot', 'interface', 'MAC address', 'MTU', 'link', 'former addresses'], ...cards])
        : ['none'],
    ),
    ...section(
      'settings',
      Object.keys(settings).length > 0
        ? table(Object.entries(settings).map(([name, value]) => [name, value]))
        : ["the image's own"],
    ),
  ]
  return `${table(rows).join('\n')}\n`
}
