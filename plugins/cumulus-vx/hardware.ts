import type { DiskMachine } from 'antidote'
import type { Resolved } from './options.ts'

/** How many data cards `pc` has room for on its own bus. */
const ON_BUS = 14

/**
 * The machine that Cumulus VX runs on.
 *
 * - `pc`, one IDE disk, virtio cards, 2048 MiB, forwards of 22, 161/udp, 830 and 8080: images/cvx/launch.sh of
 *   nre-learning/nrelabs-curriculum, which ran 3.7.8 so. The vendor's own "KVM" page for Cumulus VX has virtio cards too,
 *   and netlab gives 5.x 2048 MiB.
 * - The first card is eth0, for management, the others swp1 and on: the same two.
 */
export const hardware = ({ interfaces, memory, deadline }: Resolved): DiskMachine => ({
  machine: 'pc-i440fx-10.0',
  cpus: 1,
  memory,
  bus: 'ide',
  nic: 'virtio-net-pci',
  interfaces,
  cards: 'swp',
  ...(interfaces > ON_BUS && { bridge: true }),
  lesson: false,
  // the names of cards are given at the start, so one that comes later is none of the switch's ports
  spare: 0,
  channel: true,
  deadline,
  shutdownDeadline: 300,
  ports: [
    { port: 22, protocol: 'tcp' },
    { port: 161, protocol: 'udp' },
    { port: 830, protocol: 'tcp' },
    { port: 8080, protocol: 'tcp' },
  ],
})
