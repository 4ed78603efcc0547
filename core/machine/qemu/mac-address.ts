import { sha256 } from '../../base/files/digest.ts'

/** The network that QEMU's user networking gives the management NIC, as on the platform. */
export const MANAGEMENT = {
  network: '10.0.0.0/24',
  host: '10.0.0.2',
  resolver: '10.0.0.3',
  guest: '10.0.0.15',
}

/**
 * The MAC address of a NIC: the same for the same machine and slot on every start, under QEMU's locally
 * administered prefix. The seed names the machine and the instance.
 */
export const macAddress = (seed: string, slot: number): string => {
  const digest = sha256(`antidote mac\0${seed}\0${slot}`)
  return `52:54:00:${digest.slice(0, 2)}:${digest.slice(2, 4)}:${digest.slice(4, 6)}`
}
