import { plugNic } from '../../machine/qemu/plug.ts'
import type { Qmp } from '../../machine/qemu/qmp.ts'
import type { Prepared } from '../container/prepare.ts'
import { linkOf } from '../network/slot.ts'

/** Plugs in the NICs of a machine beyond those that it has already, in slot order. */
export const plugBeyond = async (
  qmp: Qmp,
  { spec, instance }: Pick<Prepared, 'spec' | 'instance'>,
  there: number,
): Promise<void> => {
  for (const [index, link] of instance.links.entries())
    if (index >= there && link.kind !== 'segment')
      await plugNic(qmp, spec, { slot: index + 1, mac: instance.macs[index + 1]!, link })
}

/** Gives a machine that runs NICs for the slots that came to be since it started. */
export const plugLate = async (qmp: Qmp, prepared: Prepared): Promise<void> => {
  const { network, spec, macOf } = prepared
  for (const slot of network.slots.slice(prepared.instance.links.length)) {
    const { links, macs } = prepared.instance
    const plugged = { slot: slot.slot, mac: slot.mac ?? macOf(slot.slot), link: linkOf(slot) }
    await plugNic(qmp, spec, plugged)
    prepared.instance = {
      ...prepared.instance,
      links: [...links, plugged.link],
      macs: [...macs, plugged.mac],
    }
  }
}
