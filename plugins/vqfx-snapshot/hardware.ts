import type { DiskMachine } from 'antidote'
import type { Resolved } from './options.ts'

/**
 * The machine that the routing engine runs on.
 *
 * - `pc`, one IDE disk, e1000 cards, the data cards behind a pci-bridge, 2048 MiB, QEMU's default processor:
 *   images/vqfx-snap1/launch.sh of nre-learning/nrelabs-curriculum, which ran it emulated and saved it so.
 *   vrnetlab's vqfx has the same cards and memory. Juniper asks for 82540EM cards, which e1000 is, and 1 GB.
 * - em0 is for management, em1 goes to the packet forwarding engine, em2 is reserved, data begins at em3: README of
 *   Juniper/vqfx10k-vagrant, "VM Characteristics". Nothing is joined to em1 and em2 here.
 * - SMBIOS type 0 with the vendor: src/launch.sh of Juniper's container-vqfx in nre-learning/nrelabs-curriculum.
 * - Neither launch.sh has virtio-rng or vmgenid.
 */
export const hardware = ({ interfaces, memory, deadline }: Resolved): DiskMachine => ({
  machine: 'pc-i440fx-10.0',
  cpu: 'qemu64',
  cpus: 1,
  memory,
  bus: 'ide',
  nic: 'e1000',
  reserved: 2,
  interfaces,
  bridge: true,
  smbios: { 0: { vendor: 'Juniper' } },
  entropy: false,
  lesson: false,
  deadline,
  // the forwards of launch.sh
  ports: [
    { port: 22, protocol: 'tcp' },
    { port: 161, protocol: 'udp' },
    { port: 830, protocol: 'tcp' },
    { port: 8080, protocol: 'tcp' },
  ],
  // "Current address" and "Hardware address" of each: Junos CLI Reference, show interfaces
  cli: { addresses: ['show', 'interfaces', 'media'] },
})
