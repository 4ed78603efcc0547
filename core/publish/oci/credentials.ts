import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError } from '../../base/errors/error.ts'
import { readText } from '../../base/files/regular.ts'
import { type Run, run as runOnHost } from '../../base/process/run.ts'

/** What a user's file has for one registry: containers-auth.json(5). */
export interface Credential {
  /** "user:password" in base64. */
  auth?: string
  identitytoken?: string
}

interface AuthFile {
  auths?: Record<string, Credential>
  credHelpers?: Record<string, string>
  credsStore?: string
}

/** Where credentials are looked for. */
export interface CredentialOptions {
  env?: NodeJS.ProcessEnv
  /** Where helpers run: the host, as the caller, whose keyring they open. */
  host?: Run
  signal?: AbortSignal | undefined
}

/** A helper may ask the person to unlock a keyring. Milliseconds. */
const PATIENCE = 120_000

/** What Docker calls its own registry, where it keeps credentials for it. */
const DOCKER_HUB = 'https://index.docker.io/v1/'

/** Where `podman login`, `skopeo login` and `docker login` leave credentials, in that order. */
const authFiles = (env: NodeJS.ProcessEnv): string[] => {
  if (env.REGISTRY_AUTH_FILE) return [env.REGISTRY_AUTH_FILE]
  const home = env.HOME ?? homedir()
  return [
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json')] : []),
    join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'containers', 'auth.json'),
    join(env.DOCKER_CONFIG ?? join(home, '.docker'), 'config.json'),
  ]
}

const readAuthFile = (path: string): AuthFile | undefined => {
  if (!existsSync(path)) return undefined
  const text = readText(path)
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as AuthFile) : {}
  } catch {
    throw errors.authFile(path, 'it is not JSON')
  }
}

/** The host in what a file calls a registry: older ones are URLs. */
const plain = (name: string): string => {
  const host = name.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '')
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host
}

/** The names under which a repository's credentials may stand, the most particular first. */
const namesOf = (registry: string, path: string): string[] => {
  const parts = path.split('/')
  return [...parts.map((_, index) => [registry, ...parts.slice(0, parts.length - index)].join('/')), registry]
}

const of = <T>(table: Record<string, T> | undefined, names: readonly string[]): T | undefined =>
  names
    .map((name) => Object.entries(table ?? {}).find(([key]) => plain(key) === plain(name))?.[1])
    .find((value) => value !== undefined)

/** What helpers say where they have nothing: docker-credential-helpers, credentials/error.go. */
const NOTHING = /credentials not found|no credentials|not found in native keychain/i

/** Asks a helper of the host. Its protocol: docker-credential-helpers, "get". Throws CREDENTIAL_HELPER. */
const askHelper = async (
  name: string,
  registry: string,
  file: string,
  { env, host = runOnHost, signal }: CredentialOptions,
): Promise<Credential | undefined> => {
  const command = `docker-credential-${name}`
  const failed = (reason: string) => errors.credentialHelper(command, file, registry, reason)
  if (!/^[\w.-]+$/.test(name)) throw failed('that is no name of a program')
  const server = plain(registry) === 'docker.io' ? DOCKER_HUB : registry
  const { code, stdout, stderr } = await host([command, 'get'], {
    input: `${server}\n`,
    allowFailure: true,
    timeout: PATIENCE,
    signal,
    ...(env && {
      env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) as Record<
        string,
        string
      >,
    }),
  }).catch((error: unknown) => {
    if (isAntidoteError(error) && error.code === 'COMMAND_MISSING') throw failed('it is not on this machine')
    throw isAntidoteError(error) && error.code === 'COMMAND_FAILED' ? failed('it did not answer') : error
  })
  const said = `${stdout}\n${stderr}`
  if (code !== 0) {
    if (NOTHING.test(said)) return undefined
    // on standard output there may be a secret
    throw failed(stderr.trim().split('\n').at(-1) || `it ended with exit status ${code}`)
  }
  try {
    const { Username, Secret } = JSON.parse(stdout) as { Username: string; Secret: string }
    if (!Secret) return undefined
    if (Username === '<token>') return { identitytoken: Secret }
    return { auth: Buffer.from(`${Username}:${Secret}`).toString('base64') }
  } catch {
    throw failed('its answer is not JSON')
  }
}

/**
 * The user's credential for a repository: of the first file that has one, by itself or by the helper that it names.
 * Throws AUTH_FILE, CREDENTIAL_HELPER.
 */
export const credentialFor = async (
  registry: string,
  path: string,
  options: CredentialOptions = {},
): Promise<Credential | undefined> => {
  const names = namesOf(registry, path)
  for (const place of authFiles(options.env ?? process.env)) {
    const file = readAuthFile(place)
    if (!file) continue
    const helper = of(file.credHelpers, [registry])
    const { auth, identitytoken } = (!helper && of(file.auths, names)) || {}
    if (auth || identitytoken) return { ...(auth && { auth }), ...(identitytoken && { identitytoken }) }
    const asked = helper || file.credsStore
    const credential = asked ? await askHelper(asked, registry, place, options) : undefined
    if (credential) return credential
  }
  return undefined
}
