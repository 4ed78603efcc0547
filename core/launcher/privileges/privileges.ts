import { readFileSync } from 'node:fs'
import { CAPABILITIES } from '../../base/model/container-rights.ts'

export type Capability = keyof typeof CAPABILITIES

/** What this process may do. */
export interface Privileges {
  uid: number
  gid: number
  can(capability: Capability): boolean
}

/** Reads the effective user and capabilities from the text of /proc/self/status, proc(5). */
export const readPrivileges = (status = readFileSync('/proc/self/status', 'utf8')): Privileges => {
  const effective = (name: string) => Number(new RegExp(`^${name}:\\s+\\d+\\s+(\\d+)`, 'm').exec(status)![1])
  const capabilities = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)/m.exec(status)![1]}`)
  return {
    uid: effective('Uid'),
    gid: effective('Gid'),
    can: (capability) => ((capabilities >> BigInt(CAPABILITIES[capability])) & 1n) === 1n,
  }
}
