import { randomHex } from '../../base/files/digest.ts'
import { type HostKey, makeHostKeys } from './host-keys.ts'

/** What makes a restored machine itself. */
export interface Identity {
  /** The guest keeps its own where it is left out. */
  hostname?: string
  /** 32 hexadecimal digits: machine-id(5). */
  machineId: string
  /** For the guest's random numbers, in hexadecimal. */
  entropy: string
  hostKeys: readonly HostKey[]
  /** Of data NICs, where it is not the usual one; slots count from 1. */
  mtus: readonly { slot: number; mtu: number }[]
}

/** Bits of the entropy that a guest is sent: as many as its generator holds. */
const ENTROPY = 256

/** An identity that no other machine has. */
export const newIdentity = (given: Partial<Pick<Identity, 'hostname' | 'mtus'>> = {}): Identity => ({
  machineId: randomHex(16),
  entropy: randomHex(ENTROPY / 8),
  hostKeys: makeHostKeys(),
  mtus: [],
  ...given,
})
