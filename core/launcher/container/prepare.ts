import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Tools } from '../../base/process/tools.ts'
import { chooseAccelerator, kvmVerdict } from '../../machine/host/accelerator.ts'
import { chooseForwards } from '../../machine/host/forwards.ts'
import type { Forward, Instance, Lesson } from '../../machine/qemu/instance.ts'
import { macAddress } from '../../machine/qemu/mac-address.ts'
import { topologyOf } from '../../machine/qemu/topology.ts'
import { type Network, openNetwork } from '../network/network.ts'
import { byNames } from '../network/selector.ts'
import { linkOf } from '../network/slot.ts'
import { type Privileges, readPrivileges } from '../privileges/privileges.ts'
import { chooseUser, type User } from '../privileges/user.ts'
import { findLesson, LESSON_DIRECTORY } from './lesson.ts'
import { userNetwork } from './outgoing.ts'
import { containerPorts, needsBind } from './ports.ts'
import type { Settings } from './settings.ts'
import { keptVariables, persistDisks, renewSockets, type State } from './state.ts'

/** What a container gives its machine. */
export interface Prepared {
  /** With the disks that are written. */
  spec: MachineSpec
  user: User
  /** Words before QEMU's own: as whom it runs, and with which network. */
  before: string[]
  network: Network
  /** Its own MAC address for a slot. */
  macOf(slot: number): string
  /** Follows the NICs that are plugged in later. */
  instance: Omit<Instance, 'sockets'> & { accelerator: 'kvm' | 'tcg' }
  /** Why it is emulated. */
  emulated?: string
  /** The container has lesson files, whether this guest can mount them or not. */
  lesson: boolean
}

/** What preparing needs. */
export interface PrepareParts {
  spec: MachineSpec
  settings: Settings
  state: State
  tools: Tools
  say(line: string): void
  signal: AbortSignal
}

const describe = ({ name, uid, reason }: User, binds: boolean): string =>
  `QEMU runs as ${name === String(uid) ? `user ${uid}` : `${name} (${uid})`}${reason ? `, because ${reason}` : ''}, with ${
    binds ? 'CAP_NET_BIND_SERVICE only' : 'no capabilities'
  }`

const settleUser = async (privileges: Privileges, ports: readonly Forward[], say: PrepareParts['say']) => {
  const bind = await needsBind(ports)
  const user = chooseUser(privileges, { bind })
  say(`user: ${describe(user, bind && privileges.can('CAP_NET_BIND_SERVICE'))}`)
  return user
}

/** Commands as QEMU's user. */
const asUser = (tools: Tools, { as }: User): Tools => ({
  run: (argv, options) => tools.run([...as, ...argv], options),
  start: (argv, options) => tools.start([...as, ...argv], options),
})

const settlePorts = async (spec: MachineSpec, say: PrepareParts['say']): Promise<Forward[]> => {
  if (spec.management === 'transparent') return []
  const wishes = await containerPorts(spec)
  const forwards = await chooseForwards(spec, wishes)
  const texts = forwards.map(({ host, hostPort, port, protocol }) => {
    const moved =
      hostPort === port ? '' : ` at ${hostPort}, because the container has no CAP_NET_BIND_SERVICE`
    return `${port}/${protocol}${moved}${host === '127.0.0.1' ? ' inside the container' : ''}`
  })
  say(`ports: ${texts.join(', ')}`)
  return forwards
}

const describeLesson = (spec: MachineSpec, lesson: Lesson | undefined): string => {
  if (!lesson) return `nothing is mounted at ${LESSON_DIRECTORY}`
  if (!spec.lesson) return `this guest cannot mount it: copy it with \`antidote configure --lesson\``
  return `${LESSON_DIRECTORY}${lesson.readOnly ? ', read-only' : ''}`
}

/**
 * Gives a machine what it stands on, in this order: ports, user, state, accelerator, interfaces, lesson. Each is
 * told as it is settled. Throws one sentence for what the container lacks.
 */
export const prepare = async ({
  spec,
  settings,
  state,
  tools,
  say,
  signal,
}: PrepareParts): Promise<Prepared> => {
  const privileges = readPrivileges()
  const forwards = await settlePorts(spec, say)
  const user = await settleUser(privileges, forwards, say)
  await renewSockets(state)
  const own = asUser(tools, user)
  const written = settings.persist ? await persistDisks(spec, state, own) : spec
  const variables = settings.persist ? keptVariables(spec, state) : undefined
  say(`state: ${state.directory}; changes to the disk are ${settings.persist ? 'kept' : 'thrown away'}`)
  const accelerator = await chooseAccelerator(spec.accelerator, () => kvmVerdict(own))
  say(`accelerator: ${accelerator.name.toUpperCase()}${accelerator.reason ? `: ${accelerator.reason}` : ''}`)
  const network = await openNetwork({
    tools,
    settings: {
      ...settings.network,
      // whoever runs the container has the last word
      ...(spec.interfaceNames && !settings.network.order && { order: byNames(spec.interfaceNames) }),
      slots: Math.max(spec.interfaces, settings.network.order?.length ?? 0),
      spare: topologyOf(spec).spare,
      transparent: spec.management === 'transparent',
    },
    owner: user,
    can: privileges.can,
    say: (line) => say(`interfaces: ${line}`),
    signal,
    ...(settings.hostname && { hostname: settings.hostname }),
  })
  const found = await findLesson(LESSON_DIRECTORY, user)
  say(`lesson: ${describeLesson(spec, found)}`)
  const lesson = spec.lesson ? found : undefined
  const { management, slots } = network
  const outgoing = await userNetwork(settings.outgoing, forwards)
  const interfaces = Math.max(spec.interfaces, slots.length)
  const seed = `${spec.name}@${settings.identity}`
  const macOf = (slot: number) => macAddress(seed, slot)
  // those that are there from the start are in the places that were empty
  const spare = Math.max(0, (spec.spare ?? 0) - (interfaces - spec.interfaces))
  return {
    spec: { ...written, interfaces, spare },
    macOf,
    user,
    before: management ? user.as : [...user.as, ...outgoing.before],
    network,
    lesson: found !== undefined,
    ...(accelerator.reason && { emulated: accelerator.reason }),
    instance: {
      accelerator: accelerator.name,
      macs: [
        management?.mac ?? macOf(0),
        ...Array.from({ length: interfaces }, (_, at) => slots[at]?.mac ?? macOf(at + 1)),
      ],
      forwards,
      management: management
        ? { kind: 'tap', name: management.tap, mtu: management.mtu }
        : outgoing.management,
      links: Array.from({ length: interfaces }, (_, at) =>
        slots[at] ? linkOf(slots[at]) : { kind: 'none' },
      ),
      writeDisks: settings.persist,
      ...(variables && { variables }),
      extra: settings.qemuArguments,
      ...(settings.hostname && { hostname: settings.hostname }),
      ...(lesson && { lesson }),
    },
  }
}

/** What beginning needs. */
export interface BeginParts {
  prepared: Prepared
  settings: Settings
  state: State
  tools: Tools
  say(line: string): void
  signal: AbortSignal
}
