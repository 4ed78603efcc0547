import { statSync } from 'node:fs'
import type { Check, Outcome } from './check.ts'
import { asRoot, lacking } from './fix.ts'
import { find, type Host, read } from './host.ts'

/** How many identities a Debian tree needs: nobody is 65534. */
const COUNT = 65_536
const FIRST = 100_000

interface Range {
  owner: string
  start: number
  count: number
}

const NOT_NEEDED: Outcome = { ok: true, detail: 'not needed by root' }

/** root without anybody behind it needs no identities of others. */
const rootOnly = (host: Host): boolean => host.uid === 0 && ['root', '0'].includes(host.user)

/** A file such as /etc/subuid: `owner:start:count` a line (man 5 subuid). */
const ranges = (host: Host, file: string): Range[] =>
  (read(host, file) ?? '')
    .split('\n')
    .map((line) => line.trim().split(':'))
    .filter((fields) => fields.length === 3 && fields[0] !== '')
    .map(([owner, start, count]) => ({ owner: owner!, start: Number(start), count: Number(count) }))

const privileged = async (host: Host, file: string): Promise<boolean> => {
  if ((statSync(file).mode & 0o4000) !== 0 && statSync(file).uid === 0) return true
  if (!find(host, 'getcap')) return false
  return /cap_set[ug]id/.test((await host.run(['getcap', file])).stdout)
}

/** The helpers that give a user namespace more than one identity. */
export const uidmap = (host: Host): Check => ({
  name: 'uidmap',
  essential: host.uid !== 0,
  run: async () => {
    if (rootOnly(host)) return NOT_NEEDED
    for (const command of ['newuidmap', 'newgidmap']) {
      const file = find(host, command)
      if (!file) return lacking(host, `${command} is not on this machine`, 'uidmap')
      if (await privileged(host, file)) continue
      return lacking(
        host,
        `${file} is neither setuid root nor has it the capability it needs`,
        'uidmap',
        '--reinstall',
      )
    }
    return { ok: true, detail: 'newuidmap and newgidmap' }
  },
})

/** The identities that a user may use in a namespace. */
export const subordinateIds = (host: Host): Check => ({
  name: 'subuid and subgid',
  essential: host.uid !== 0,
  run: async () => {
    if (rootOnly(host)) return NOT_NEEDED
    const uid = host.uid === 0 ? host.user : String(host.uid)
    const files = { uids: ranges(host, 'etc/subuid'), gids: ranges(host, 'etc/subgid') }
    const enough = (list: Range[]) =>
      list.some(({ owner, count }) => (owner === host.user || owner === uid) && count >= COUNT)
    const short = (['uids', 'gids'] as const).filter((kind) => !enough(files[kind]))
    if (short.length === 0) return { ok: true, detail: `${COUNT} each for ${host.user}` }
    const ends = [...files.uids, ...files.gids]
      .map(({ start, count }) => start + count)
      .filter(Number.isFinite)
    const start = Math.max(FIRST, ...ends)
    const range = `${start}-${start + COUNT - 1}`
    const names = short.map((kind) => (kind === 'uids' ? '/etc/subuid' : '/etc/subgid')).join(' and ')
    return {
      ok: false,
      detail: `no range of ${COUNT} for ${host.user} in ${names}`,
      fix: asRoot(true, ['usermod', ...short.flatMap((kind) => [`--add-sub${kind}`, range]), host.user]),
    }
  },
})
