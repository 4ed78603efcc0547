import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Link } from './instance.ts'
import type { Qmp } from './qmp.ts'
import { topologyOf } from './topology.ts'

/** A data NIC that is plugged in. */
export interface Plugged {
  slot: number
  mac: string
  link: Link & { kind: 'tap' | 'none' }
}

/** QEMU properties as QMP takes them. */
const asObject = (properties: string): Record<string, string> =>
  Object.fromEntries(properties.split(',').map((property) => property.split('=') as [string, string]))

/** The back ends of a link, as on QEMU's command line: the first is the NIC's. */
const netdevsOf = ({ slot, link }: Plugged): Record<string, string | number>[] => {
  const id = `link${slot}`
  if (link.kind === 'tap') return [{ type: 'tap', id, ifname: link.name, script: 'no', downscript: 'no' }]
  return [id, `${id}-end`].map((id) => ({ type: 'hubport', id, hubid: slot }))
}

/**
 * Plugs a data NIC into a machine that runs, into the place where it would have been from the start. Throws QMP_FAILED
 * and leaves nothing of it.
 */
export const plugNic = async (qmp: Qmp, spec: MachineSpec, plugged: Plugged): Promise<void> => {
  const { slot, mac, link } = plugged
  const mtu = link.kind === 'tap' && spec.nic === 'virtio-net-pci' ? link.mtu : undefined
  const made: string[] = []
  try {
    for (const netdev of netdevsOf(plugged)) {
      await qmp.execute('netdev_add', netdev)
      made.push(String(netdev.id))
    }
    await qmp.execute('device_add', {
      driver: spec.nic,
      id: `nic${slot}`,
      netdev: `link${slot}`,
      mac,
      romfile: '',
      ...asObject(topologyOf(spec).data(slot).place),
      ...(mtu !== undefined && { host_mtu: mtu }),
    })
  } catch (error) {
    for (const id of made) await qmp.execute('netdev_del', { id }).catch(() => error)
    throw error
  }
}
