import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { quote, quoteAll } from '../../base/text/quote.ts'
import type { Fix, Outcome } from './check.ts'
import { find, type Host } from './host.ts'

const hasLists = (host: Host): boolean => {
  try {
    return readdirSync(join(host.root, 'var/lib/apt/lists')).some((name) => /_(In)?Release$/.test(name))
  } catch {
    return false
  }
}

/** What root runs; `safe` only for what adds something and can be taken back. */
export const asRoot = (safe: boolean, ...commands: string[][]): Fix => ({ commands, root: true, safe })

/** The fault that a Debian package mends; a host without apt is told its name. */
export const lacking = (
  host: Host,
  detail: string,
  names: string | readonly string[],
  ...flags: string[]
): Outcome => {
  const packages = [names].flat()
  if (!find(host, 'apt-get')) {
    return { ok: false, detail: `${detail}; install "${packages[0]}" with this system's package manager` }
  }
  // of several, the first is what is used, with all that its distribution recommends beside it
  const spare = packages.length === 1 ? ['--no-install-recommends'] : []
  const install = ['apt-get', 'install', '--yes', ...spare, ...flags, ...packages]
  return { ok: false, detail, fix: asRoot(true, ...(hasLists(host) ? [] : [['apt-get', 'update']]), install) }
}

/** The command that gives an ordinary user root's rights for another one, where the host has it. */
const sudo = (host: Host): readonly string[] | undefined => {
  if (host.uid === 0) return []
  return find(host, 'sudo') ? ['sudo'] : undefined
}

/** A command of a fix as it is run; undefined where only a person can become root. */
export const runnable = (fix: Fix, argv: readonly string[], host: Host): readonly string[] | undefined => {
  if (!fix.root) return argv
  const lead = sudo(host)
  return lead && [...lead, ...argv]
}

/** Whether `doctor --fix` may run a fix here. */
export const mayRun = (fix: Fix, host: Host): boolean => fix.safe && (!fix.root || sudo(host) !== undefined)

/** A fix as the command line that a person types. */
export const fixText = (fix: Fix, host: Host): string => {
  const lines = fix.commands.map(quoteAll)
  if (!fix.root) return lines.join(' && ')
  const lead = sudo(host)
  if (lead) return lines.map((line) => [...lead, line].join(' ')).join(' && ')
  return `su -c ${quote(lines.join(' && '))}`
}
