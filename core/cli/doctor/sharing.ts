import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Check } from './check.ts'
import { asRoot } from './fix.ts'
import { find, type Host, read } from './host.ts'

/** Accounts of people begin here (login.defs(5), UID_MIN); `nobody` is no person. */
const FIRST_PERSON = 1000
const NOBODY = 65_534

/** Shells of accounts that nobody logs in to. */
const NO_SHELL = /\/(?:nologin|false|sync|shutdown|halt)$/

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Who can log in: people with a shell and a home directory that exists (man 5 passwd). */
const people = (host: Host): string[] =>
  (read(host, 'etc/passwd') ?? '').split('\n').flatMap((line) => {
    const [name, , id, , , home, shell] = line.split(':')
    const uid = Number(id)
    if (!name || !home || !shell || !(uid >= FIRST_PERSON) || uid === NOBODY) return []
    return NO_SHELL.test(shell) || !isDirectory(join(host.root, home)) ? [] : [name]
  })

/** Who is logged in, from wherever accounts come: /etc/passwd does not know those of a directory service. */
const present = async (host: Host): Promise<string[]> => {
  const who = find(host, 'who')
  if (!who) return []
  const { stdout } = await host.run([who], { allowFailure: true })
  return stdout.split('\n').flatMap((line) => line.split(' ')[0] || [])
}

/** As many names as a line holds. */
const SHOWN = 5

/** Whether root builds on a machine of others: what breaks out of a build step is root there then. */
export const sharing = (host: Host): Check => ({
  name: 'shared machine',
  essential: false,
  run: async () => {
    if (host.uid !== 0) return { ok: true, detail: `builds run as ${host.user}, who is not root` }
    const others = [...new Set([...people(host), ...(await present(host))])]
      .filter((name) => name !== 'root' && name !== host.user)
      .sort()
    if (others.length === 0) return { ok: true, detail: 'nobody else can log in here' }
    const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : ''
    return {
      ok: false,
      detail: `builds run as root, and others can log in here (${others.slice(0, SHOWN).join(', ')}${more}); build as an ordinary user`,
    }
  },
})

const TIOCSTI = 'dev.tty.legacy_tiocsti'

/**
 * Whether a program can type into the terminal that it runs in. A build step has no terminal; what else is started in one may.
 * Linux up to 6.1 has no switch for it (Documentation/admin-guide/sysctl of Linux, and CONFIG_LEGACY_TIOCSTI).
 */
export const tiocsti = (host: Host): Check => ({
  name: 'terminal',
  essential: false,
  run: async () => {
    const value = read(host, `proc/sys/${TIOCSTI.replaceAll('.', '/')}`)?.trim()
    if (value === undefined) return { ok: true, detail: 'this kernel has no switch for TIOCSTI' }
    if (value === '0') return { ok: true, detail: 'programs cannot type into it' }
    return {
      ok: false,
      detail: `${TIOCSTI} is ${value}: a program that runs in a terminal can type commands into it`,
      // a screen reader may need it
      fix: asRoot(false, ['sysctl', '--write', `${TIOCSTI}=0`]),
    }
  },
})
