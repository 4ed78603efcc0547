import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { errors } from '../errors/catalogue.ts'
import { isAntidoteError } from '../errors/error.ts'
import type { Tools } from '../machine/tools.ts'
import { type Standing, standingOf } from './manifest.ts'
import { formatReference, parseReference } from './reference.ts'

/** How a registry is reached. */
export interface RegistryOptions {
  /** Where skopeo runs. */
  run: Tools['run']
  /** Accept a registry without TLS, or with a certificate that nobody vouches for. */
  insecure?: boolean
  signal?: AbortSignal
  onLine?: (line: string) => void
  env?: NodeJS.ProcessEnv
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/

/** The file in which `podman login`, `skopeo login` or `docker login` left the user's credentials, in that order. */
const authFile = (env: NodeJS.ProcessEnv): string | undefined => {
  if (env.REGISTRY_AUTH_FILE) return env.REGISTRY_AUTH_FILE
  const home = env.HOME ?? homedir()
  return [
    env.XDG_RUNTIME_DIR && join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json'),
    join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'containers', 'auth.json'),
    join(env.DOCKER_CONFIG ?? join(home, '.docker'), 'config.json'),
  ].find((path): path is string => Boolean(path) && existsSync(path as string))
}

/** What skopeo says, in the words of Go's net and crypto/tls packages and of the registry protocol. */
const explain = (lines: string[], reference: string, registry: string) => {
  const text = lines.join('\n')
  if (/HTTP response to HTTPS client|x509:|tls:/i.test(text)) return errors.registryInsecure(registry, lines)
  if (/unauthorized|authentication required|denied|\b403\b/i.test(text))
    return errors.registryDenied(reference, lines)
  if (/connection refused|no such host|i\/o timeout|no route to host|network is unreachable/i.test(text)) {
    return errors.registryUnreachable(registry, lines)
  }
  return undefined
}

/** What a command line of skopeo about one reference is put together from. */
export interface Reach {
  /** `docker://` and the whole reference. */
  place: string
  auth: string | undefined
  insecure: boolean
}

/**
 * Calls skopeo about an image in a registry; `argv` says how. Gives what it printed.
 * Throws REFERENCE_INVALID, REGISTRY_MISSING, REGISTRY_DENIED, REGISTRY_UNREACHABLE, REGISTRY_INSECURE.
 */
export const askRegistry = async (
  to: string,
  options: RegistryOptions & { verb: string; readable?: readonly string[]; writable?: readonly string[] },
  argv: (reach: Reach) => string[],
): Promise<string> => {
  const parsed = parseReference(to)
  const { registry } = parsed
  if (!registry) throw errors.registryMissing(to)
  const reference = formatReference(parsed)
  const auth = authFile(options.env ?? process.env)
  const insecure = options.insecure || LOOPBACK.test(registry)
  try {
    const { stdout } = await options.run(
      ['skopeo', '--insecure-policy', ...argv({ place: `docker://${reference}`, auth, insecure })],
      {
        readable: [...(options.readable ?? []), ...(auth ? [auth] : [])],
        ...(options.writable && { writable: options.writable }),
        network: true,
        title: `skopeo ${options.verb} ${reference}`,
        signal: options.signal,
        ...(options.onLine && { onLine: options.onLine }),
      },
    )
    return stdout
  } catch (error) {
    throw (isAntidoteError(error) && explain(error.details.lines ?? [], reference, registry)) || error
  }
}

/** How registries say that they do not have a repository or a tag: OCI distribution specification, "Error Codes". */
const ABSENT = /manifest unknown|name unknown|not known to registry|StatusCode: 404/i

/** What stands in a registry under a name; undefined where nothing does. Throws what `askRegistry` throws. */
export const standingInRegistry = async (
  to: string,
  options: RegistryOptions,
): Promise<Standing | undefined> => {
  try {
    return standingOf(
      await askRegistry(to, { ...options, verb: 'inspect' }, ({ place, auth, insecure }) => [
        'inspect',
        '--raw',
        ...(auth ? ['--authfile', auth] : []),
        ...(insecure ? ['--tls-verify=false'] : []),
        place,
      ]),
    )
  } catch (error) {
    const absent = isAntidoteError(error) && ABSENT.test((error.details.lines ?? []).join('\n'))
    if (absent && error.code === 'COMMAND_FAILED') return undefined
    throw error
  }
}
