import { errors } from '../../../base/errors/catalogue.ts'
import type { Identity } from '../../channel/identity.ts'
import { tellIdentity } from '../../channel/tell.ts'
import type { Qemu } from '../../qemu/qemu.ts'
import type { RunningMachine } from '../../running.ts'

/** A restored machine, and who it was told to be. */
export interface Identified {
  machine: RunningMachine
  identity: Identity
}

/** Tells a guest who it is. Throws SNAPSHOT_UNPROVEN where it does not take all of it. */
export const giveIdentity = async (name: string, qemu: Qemu, identity: Identity): Promise<void> => {
  const outcome = await tellIdentity(qemu, identity)
  const problem = 'reason' in outcome ? outcome.reason : outcome.failed.join(', ')
  if (problem) throw errors.snapshotUnproven(name, `it took no identity of its own: ${problem}`)
}

/** What a Linux guest says of itself: its machine-id, the host keys that its server shows, and random numbers. */
const ASK = `cat /etc/machine-id
ssh-keyscan 127.0.0.1 2>/dev/null | grep -v '^#'
head -c 16 /dev/urandom | base64`

/** Asks each guest who it is. Throws SNAPSHOT_UNPROVEN where one is not who it was told to be, or is like another. */
export const checkIdentities = async (name: string, guests: readonly Identified[]): Promise<void> => {
  const seen = new Set<string>()
  for (const { machine, identity } of guests) {
    const { stdout } = await machine.guest.exec(['sh', '-c', ASK])
    const lines = stdout.trim().split('\n')
    const keys = identity.hostKeys.map((key) => `127.0.0.1 ${key.algorithm} ${key.public}`)
    const missing = [identity.machineId, ...keys].find((line) => !lines.includes(line))
    if (missing) throw errors.snapshotUnproven(name, `it does not show its own "${missing}"`, lines)
    const common = lines.find((line) => seen.has(line))
    if (common) throw errors.snapshotUnproven(name, `two of it show the same "${common}"`, lines)
    for (const line of lines) seen.add(line)
  }
}
