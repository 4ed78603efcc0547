import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Instance, Link } from './instance.ts'
import { MANAGEMENT, macAddress } from './mac-address.ts'
import type { Topology } from './topology.ts'

/** Hubs of data NICs are numbered by slot. */
const RESERVED_HUB = 1000
const MANAGEMENT_HUB = 2000

/** A value of a QEMU option with properties; QEMU reads a doubled comma as a comma. */
export const properties = (head: string, values: Record<string, string | number>): string =>
  [head, ...Object.entries(values).map(([key, text]) => `${key}=${String(text).replaceAll(',', ',,')}`)].join(
    ',',
  )

const tapNetdev = (id: string, ifname: string): string[] => [
  '-netdev',
  properties('tap', { id, ifname, script: 'no', downscript: 'no' }),
]

/** Lines to other machines, joined by a hub. */
const segment = ({ directory, sockets }: Link & { kind: 'segment' }, id: string, hub: number): string[][] =>
  sockets.flatMap(({ name, listen }) => [
    [
      '-netdev',
      properties('stream', {
        id: `${id}-line-${name}`,
        server: listen ? 'on' : 'off',
        'addr.type': 'unix',
        'addr.path': `${directory}/${name}`,
      }),
    ],
    ['-netdev', properties('hubport', { id: `${id}-${name}`, hubid: hub, netdev: `${id}-line-${name}` })],
  ])

const netdevs = (link: Link, id: string, hub: number): string[][] => {
  if (link.kind === 'tap') return [tapNetdev(id, link.name)]
  return [
    ['-netdev', properties('hubport', { id, hubid: hub })],
    ...(link.kind === 'segment'
      ? segment(link, id, hub)
      : // the link is up and nobody is at the other end; the hub's second port takes what is sent, or the guest's
        // queue would fill and its driver complain
        [['-netdev', properties('hubport', { id: `${id}-end`, hubid: hub })]]),
  ]
}

const card = (model: string, id: string, place: string, values: Record<string, string | number>) => [
  '-device',
  properties(`${model},id=${id},${place}`, values),
]

/** A NIC's own words; only virtio tells its driver an MTU. */
const nic = (
  spec: MachineSpec,
  slot: number,
  place: string,
  netdev: string,
  instance: Instance,
  mtu?: number,
) =>
  card(spec.nic, `nic${slot}`, place, {
    netdev,
    mac: instance.macs[slot]!,
    romfile: '',
    ...(mtu !== undefined && spec.nic === 'virtio-net-pci' && { host_mtu: mtu }),
  })

const userNetdev = ({ forwards, hostname }: Instance, id: string, closed: boolean): string[] => {
  const user = properties('user', {
    id,
    net: MANAGEMENT.network,
    host: MANAGEMENT.host,
    dns: MANAGEMENT.resolver,
    dhcpstart: MANAGEMENT.guest,
    ipv6: 'off',
    ...(closed && { restrict: 'on' }),
    ...(hostname && { hostname }),
  })
  const ports = forwards.map(
    ({ host, hostPort, port, protocol }) =>
      `,hostfwd=${protocol}:${host}:${hostPort}-${MANAGEMENT.guest}:${port}`,
  )
  return ['-netdev', user + ports.join('')]
}

const datagrams = (id: string, descriptor: number): string[] => [
  '-netdev',
  properties('dgram', { id, 'local.type': 'fd', 'local.str': descriptor }),
]

/** The user network behind a line of datagrams; what is sent there may not all arrive. */
const filteredNetdevs = (instance: Instance, [near, far]: readonly [number, number]): string[][] => [
  datagrams('management', near),
  datagrams('filtered', far),
  userNetdev(instance, 'outside', false),
  ...['filtered', 'outside'].map((netdev) => [
    '-netdev',
    properties('hubport', { id: `management-${netdev}`, hubid: MANAGEMENT_HUB, netdev }),
  ]),
]

/** The NIC for management, and the ports that lead to the guest through it. */
export const managementDevices = (spec: MachineSpec, instance: Instance, topology: Topology): string[][] => {
  const { management } = instance
  if (management.kind === 'user')
    return [
      ...(management.through
        ? filteredNetdevs(instance, management.through)
        : [userNetdev(instance, 'management', management.closed === true)]),
      nic(spec, 0, topology.management, 'management', instance),
    ]
  return [
    tapNetdev('management', management.name),
    nic(spec, 0, topology.management, 'management', instance, management.mtu),
  ]
}

/** The disks; the first is the one that boots. */
export const diskDevices = (spec: MachineSpec, { writeDisks }: Instance, topology: Topology): string[][] =>
  spec.disks.flatMap((disk, index) => [
    [
      '-drive',
      properties('if=none', {
        id: `disk${index}`,
        file: disk.path,
        format: disk.format,
        // what is thrown away need not be flushed
        cache: writeDisks ? 'writeback' : 'unsafe',
        snapshot: writeDisks ? 'off' : 'on',
      }),
    ],
    // direct boot has boot index 0
    ['-device', `${topology.disk(disk, index)},drive=disk${index}${index === 0 ? ',bootindex=1' : ''}`],
  ])

/** NICs that nobody is to reach. Their addresses leave no machine, so every instance has the same. */
export const reservedDevices = (spec: MachineSpec, topology: Topology): string[][] =>
  Array.from({ length: spec.reserved ?? 0 }, (_, index) => [
    ...netdevs({ kind: 'none' }, `reserved${index}`, RESERVED_HUB + index),
    card(spec.nic, `nic-reserved${index}`, topology.reserved(index), {
      netdev: `reserved${index}`,
      mac: macAddress(`${spec.name} reserved`, index),
      romfile: '',
    }),
  ]).flat()

/** The data NICs in slot order. */
export const dataDevices = (spec: MachineSpec, instance: Instance, topology: Topology): string[][] =>
  instance.links.flatMap((link, index) => {
    const slot = index + 1
    const { bridge, place } = topology.data(slot)
    return [
      ...bridge.map((device) => ['-device', device]),
      ...netdevs(link, `link${slot}`, slot),
      nic(spec, slot, place, `link${slot}`, instance, link.kind === 'tap' ? link.mtu : undefined),
    ]
  })

/** The port on which a guest is told who it is: what QEMU calls it and its other end, and its name in the guest. */
export const CHANNEL = { id: 'channel', name: 'io.antidote.channel' }

/** The guest's end of the channel; port 0 is a console's. */
export const channelDevices = ({ sockets }: Instance, topology: Topology): string[][] => {
  const { id, name } = CHANNEL
  if (!sockets.channel) return []
  return [
    ['-chardev', properties('socket', { id, path: sockets.channel, server: 'off' })],
    ['-device', `virtio-serial-pci,id=${id}-ports,max_ports=2,${topology.channel}`],
    ['-device', properties('virtserialport', { bus: `${id}-ports.0`, nr: 1, id, chardev: id, name })],
  ]
}

/**
 * The places of NICs that may be plugged in later. Firmware tells a guest of new cards port by port, the one that was
 * made last first (QEMU, hw/i386/acpi-build.c), and a guest numbers them in that order; so they are made backwards.
 */
export const spareDevices = ({ links }: Instance, topology: Topology): string[][] =>
  Array.from({ length: topology.spare }, (_, index) => topology.data(links.length + 1 + index).bridge)
    .reverse()
    .flat()
    .map((device) => ['-device', device])

/** The device of the lesson directory, with the platform's mount tag. */
export const LESSON_DEVICE = {
  driver: 'virtio-9p-pci',
  id: 'lesson-files',
  fsdev: 'lesson',
  mount_tag: 'antidote',
}

/**
 * The lesson directory as a 9p share, and where the machine is one that is saved, the port that it is plugged into: a
 * mounted share cannot be saved, so a restored machine gets it afterwards.
 */
export const lessonDevices = ({ lesson, memory }: Instance, topology: Topology): string[][] => {
  const { bridge, place } = topology.lesson
  const port = bridge.map((device) => ['-device', device])
  if (!lesson) return port
  const share = properties('local', {
    id: 'lesson',
    path: lesson.directory,
    // owners and modes as they are on the host; what QEMU may not set is left out without an error
    security_model: 'none',
    multidevs: 'remap',
    ...(lesson.readOnly && { readonly: 'on' }),
  })
  const { driver, ...rest } = LESSON_DEVICE
  const device = properties(driver, { ...rest, ...place })
  return [...port, ['-fsdev', share], ...(memory?.use === 'restore' ? [] : [['-device', device]])]
}
