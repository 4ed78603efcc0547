import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isAntidoteError } from '../../base/errors/error.ts'
import { SUITE } from '../../store/toolbox/recipe.ts'
import type { Check } from './check.ts'
import { lacking } from './fix.ts'
import { find, type Host } from './host.ts'
import { atLeast, versionIn } from './version.ts'

/** `setpriv --pdeathsig` came with 2.33, `unshare --map-auto` with 2.38 (util-linux release notes). */
const UTIL_LINUX = { root: '2.33', user: '2.38' }

/** What the core runs on the host itself, with the Debian package of each. */
const COMMANDS = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  setsid: 'util-linux',
  flock: 'util-linux',
  script: 'bsdutils',
  mount: 'mount',
  hostname: 'hostname',
  perl: 'perl-base',
}

/** The release's Release file is signed with the keys of its own and of the release before it. */
const SIGNERS = new RegExp(`^debian-archive-(bookworm|${SUITE})-automatic\\.`)
const KEYRING = 'debian-archive-keyring'

const version = async (host: Host, command: string): Promise<string | undefined> => {
  try {
    return versionIn((await host.run([command, '--version'])).stdout)
  } catch (error) {
    if (isAntidoteError(error) && error.code === 'COMMAND_FAILED') return undefined
    throw error
  }
}

/** What makes the toolbox. */
export const mmdebstrap = (host: Host): Check => ({
  name: 'mmdebstrap',
  essential: true,
  run: async () => {
    if (!find(host, 'mmdebstrap')) return lacking(host, 'not on this machine', 'mmdebstrap')
    const found = await version(host, 'mmdebstrap')
    if (found) return { ok: true, detail: found }
    return lacking(host, '`mmdebstrap --version` does not work', 'mmdebstrap', '--reinstall')
  },
})

/** The keys that Debian's packages are checked with; mmdebstrap finds them on any distribution. */
export const keyring = (host: Host): Check => ({
  name: 'Debian keys',
  essential: true,
  run: async () => {
    const names = ['usr/share/keyrings', 'etc/apt/trusted.gpg.d'].flatMap((directory) => {
      try {
        return readdirSync(join(host.root, directory))
      } catch {
        return []
      }
    })
    if (names.some((name) => SIGNERS.test(name)))
      return { ok: true, detail: `${KEYRING} has the keys of ${SUITE}` }
    if (!names.some((name) => name.startsWith(KEYRING)))
      return lacking(host, `${KEYRING} is not on this machine`, KEYRING)
    return lacking(host, `${KEYRING} is too old: it has no key that ${SUITE} is signed with`, KEYRING)
  },
})

/** The commands that make namespaces and locks. */
export const utilLinux = (host: Host): Check => ({
  name: 'util-linux',
  essential: true,
  run: async () => {
    const missing = Object.entries(COMMANDS).filter(([command]) => !find(host, command))
    if (missing.length > 0) {
      const names = missing.map(([command]) => command).join(', ')
      return lacking(host, `not on this machine: ${names}`, missing[0]![1])
    }
    const wanted = host.uid === 0 ? UTIL_LINUX.root : UTIL_LINUX.user
    for (const command of ['unshare', 'setpriv', 'flock']) {
      const found = await version(host, command)
      // BusyBox has commands of these names that lack what is needed
      if (!found) return lacking(host, `${find(host, command)} is not that of util-linux`, 'util-linux')
      if (atLeast(found, wanted)) continue
      const way =
        host.uid === 0
          ? 'a later release of this distribution has it'
          : 'use a later release of this distribution, or build as root'
      return { ok: false, detail: `${command} is ${found}, and ${wanted} is needed; ${way}` }
    }
    return { ok: true, detail: (await version(host, 'unshare'))! }
  },
})
