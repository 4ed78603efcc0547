import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import type { Check, Finding, Outcome } from './check.ts'
import { kvm, tun } from './devices.ts'
import { engines } from './engines.ts'
import type { Host } from './host.ts'
import { namespaces, overlayfs } from './namespaces.ts'
import { keyring, mmdebstrap, utilLinux } from './programs.ts'
import { disk, memory, store, temporary } from './resources.ts'
import { rootlessNetwork } from './rootless.ts'
import { sharing, tiocsti } from './sharing.ts'
import { clock, linux, node } from './system.ts'
import { subordinateIds, uidmap } from './users.ts'

/** Everything that matters on a machine that builds images, in the order it is shown. */
export const checksOf = (host: Host): Check[] => [
  linux(host),
  node(),
  clock(host),
  mmdebstrap(host),
  keyring(host),
  utilLinux(host),
  uidmap(host),
  subordinateIds(host),
  namespaces(host),
  overlayfs(host),
  store(host),
  temporary(),
  disk(host),
  memory(),
  kvm(host),
  tun(host),
  engines(host),
  ...rootlessNetwork(host),
  sharing(host),
  tiocsti(host),
]

const find = async ({ name, essential, run }: Check): Promise<Finding> => {
  const judged = (outcome: Outcome): Finding => {
    const matters = essential && !outcome.minor
    return { name, essential: matters, state: outcome.ok ? 'ok' : matters ? 'failed' : 'warning', ...outcome }
  }
  try {
    return judged(await run())
  } catch (error) {
    if (isAntidoteError(error) && error.code === 'INTERRUPTED') throw error
    return judged({ ok: false, detail: messageOf(error) })
  }
}

/** Runs checks side by side; one that throws has failed. Throws only INTERRUPTED. */
export const examine = (checks: readonly Check[]): Promise<Finding[]> => Promise.all(checks.map(find))
