import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { databasePath } from '../distributions.ts'
import type { Resolved } from '../options.ts'
import type { Repository } from '../repositories.ts'

/** What one transaction takes from the options. */
export type Source = Pick<Resolved, 'release' | 'fingerprints' | 'locale'>

/** What is installed where, from what. */
export interface Wanted {
  root: string
  repositories: readonly Repository[]
  packages: readonly string[]
  sources: readonly string[]
  own: readonly string[]
  /** Files of keys, absolute. */
  keys: readonly string[]
}

/**
 * Keys of CentOS 7, Stream 9 and EPEL 7 vouch for themselves with SHA-1, which rpm's library refuses since 2023. Whose
 * they are is told by their whole fingerprint here; signatures of packages are held to the library's own rules.
 */
const POLICY = '[hash_algorithms]\nsha1.second_preimage_resistance = "always"\n'

/** rpm's own settings: Debian's keeps its database in a home directory; languages of no use stay out. */
const macros = ({ release, locale }: Source, { own }: Wanted): string =>
  [
    `%_dbpath ${databasePath(release.major)}`,
    '%_db_backend sqlite',
    `%_install_langs ${locale.split('.')[0]!}`,
    // what was made here comes alone
    `%_pkgverify_level ${own.length > 0 ? 'digest' : 'signature'}`,
    // mounted while packages are installed, and an ordinary user cannot give them to anybody
    '%_netsharedpath /dev:/proc:/sys',
    '',
  ].join('\n')

const plain = (fingerprint: string): string => fingerprint.replace(/ /g, '').toUpperCase()

/** Writes what transaction.py is asked, into a directory; gives the file and the environment to run it in. */
export const writeRequest = async (
  at: string,
  source: Source,
  wanted: Wanted,
): Promise<{ file: string; env: Record<string, string> }> => {
  const home = join(at, 'home')
  await mkdir(home, { recursive: true })
  await writeFile(join(home, '.rpmmacros'), macros(source, wanted))
  const policy = join(at, 'policy.toml')
  await writeFile(policy, POLICY)
  const { major, version } = source.release
  const request = {
    ...wanted,
    cache: join(at, 'cache'),
    state: join(at, 'state'),
    major: String(major),
    variables: { releasever: version, stream: `${major}-stream`, basearch: 'x86_64', arch: 'x86_64' },
    fingerprints: [
      ...source.fingerprints,
      ...wanted.repositories.flatMap(({ fingerprint }) => (fingerprint ? [fingerprint] : [])),
    ].map(plain),
  }
  const file = join(at, 'request.json')
  await writeFile(file, JSON.stringify(request))
  return { file, env: { HOME: home, RPM_SEQUOIA_CRYPTO_POLICY: policy } }
}
