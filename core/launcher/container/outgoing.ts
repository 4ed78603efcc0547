import { readFile } from 'node:fs/promises'
import { errors } from '../../base/errors/catalogue.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Forward, ManagementLink } from '../../machine/qemu/instance.ts'
import { outgoingFilter } from './outgoing-filter.ts'
import type { Settings } from './settings.ts'

/** Beside the launcher in the runtime layer. */
const PROGRAM = '/usr/lib/antidote/outgoing.pl'

/** File descriptors that nothing else of QEMU's has when it starts. */
const [NEAR, FAR] = [10, 11]

/** The ports that the kernel gives to who asks for none, ip(7); Linux' own where that cannot be read. */
const ephemeralPorts = async (): Promise<[number, number]> => {
  const text = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '32768 60999')
  const [first, last] = text.trim().split(/\s+/).map(Number)
  return [first!, last!]
}

/** QEMU's user network, and what makes it what it is to be. */
export interface Outgoing {
  management: ManagementLink
  /** Words before QEMU's own. */
  before: string[]
}

/** Throws LAUNCHER_SETTING where the guest is to be on the network itself, and something else than that is asked for. */
export const checkOutgoing = (
  { outgoing }: Pick<Settings, 'outgoing'>,
  { management }: Pick<MachineSpec, 'management'>,
): void => {
  if (management !== 'transparent' || outgoing === 'network') return
  const possible = "possible for a guest at the container's own address"
  throw errors.launcherSetting('ANTIDOTE_OUTGOING', outgoing, possible)
}

/** The user network that lets the guest connect to what `outgoing` names, and answer on its forwarded ports in any case. */
export const userNetwork = async (
  outgoing: Settings['outgoing'],
  forwards: readonly Forward[],
): Promise<Outgoing> => {
  if (outgoing === 'all') return { management: { kind: 'user' }, before: [] }
  const from = forwards.filter(({ protocol }) => protocol === 'udp').map(({ port }) => port)
  // not QEMU's own restrict=on: it offers the guest no gateway, so the guest cannot answer clients of other networks
  const connect = outgoing === 'network'
  const filter = outgoingFilter({ connect, from, to: await ephemeralPorts() }).toString('hex')
  return {
    management: { kind: 'user', through: [NEAR, FAR] },
    before: ['perl', PROGRAM, filter, String(NEAR), String(FAR)],
  }
}
