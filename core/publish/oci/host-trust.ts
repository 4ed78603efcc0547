import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { readText } from '../../base/files/regular.ts'

/** Where a user and a host configure what fetches images: containers-certs.d(5), containers-policy.json(5). */
const configurations = (env: NodeJS.ProcessEnv): string[] => [
  join(env.XDG_CONFIG_HOME ?? join(env.HOME ?? homedir(), '.config'), 'containers'),
  '/etc/containers',
]

/** The directory in which the host keeps authorities and client certificates for one registry, if it has one. */
export const certificateDirectory = (
  registry: string,
  env: NodeJS.ProcessEnv = process.env,
  places = [...configurations(env), '/etc/docker'],
): string | undefined =>
  places.map((place) => join(place, 'certs.d', registry)).find((path) => existsSync(path))

/**
 * Copies what the host has for one registry, authorities and client certificates, into a directory and gives that; the
 * files are often links. Nothing where it has none.
 */
export const certificatesFor = async (
  registry: string,
  directory: string,
  env: NodeJS.ProcessEnv = process.env,
  places?: string[],
): Promise<string | undefined> => {
  const from = certificateDirectory(registry, env, places)
  if (!from) return undefined
  const names = (await readdir(from)).filter((name) => /\.(?:crt|cert|key)$/.test(name))
  if (names.length === 0) return undefined
  await mkdir(directory, { recursive: true, mode: 0o700 })
  for (const name of names) {
    if ((await stat(join(from, name))).isFile()) await copyFile(join(from, name), join(directory, name))
  }
  return directory
}

/** The options that give skopeo the host's signature policy, and the files that they name. */
export interface Policy {
  argv: readonly string[]
  readable: readonly string[]
}

/** For what was made here: nobody signs it before it is published. */
export const NO_POLICY: Policy = { argv: ['--insecure-policy'], readable: [] }

/** The strings in a document that are paths of files that are there: keys, and certificates of authorities. */
const pathsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return value.startsWith('/') && existsSync(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : []
}

/** What skopeo makes of a document that is no JSON, it says itself. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The policy for images of others: the user's or the host's, where there is one. */
export const policyOf = async (
  env: NodeJS.ProcessEnv = process.env,
  places = configurations(env),
): Promise<Policy> => {
  const file = places.map((place) => join(place, 'policy.json')).find((path) => existsSync(path))
  if (!file) return NO_POLICY
  const lookaside = places.map((place) => join(place, 'registries.d')).find((path) => existsSync(path))
  const text = readText(file)
  return {
    argv: ['--policy', file, ...(lookaside ? ['--registries.d', lookaside] : [])],
    readable: [file, ...(lookaside ? [lookaside] : []), ...pathsIn(parsed(text))],
  }
}
