import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { quote, quoteAll } from '../guest/quote.ts'
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
export const lacking = (host: Host, detail: string, name: string, ...flags: string[]): Outcome => {
  if (!find(host, 'apt-get')) {
    return { ok: false, detail: `${detail}; install "${name}" with this system's package manager` }
  }
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...flags, name]
  return { ok: false, detail, fix: asRoot(true, ...(hasLists(host) ? [] : [['apt-get', 'update']]), install) }
}

/** Whether `doctor --fix` may run a fix here. */
export const mayRun = (fix: Fix, host: Host): boolean => fix.safe && (!fix.root || host.uid === 0)

/** A fix as the command line that a person types. */
export const fixText = (fix: Fix, host: Host): string => {
  const lines = fix.commands.map(quoteAll)
  if (!fix.root || host.uid === 0) return lines.join(' && ')
  if (find(host, 'sudo')) return lines.map((line) => `sudo ${line}`).join(' && ')
  return `su -c ${quote(lines.join(' && '))}`
}
