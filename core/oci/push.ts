import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { errors } from '../errors/catalogue.ts'
import { isAntidoteError } from '../errors/error.ts'
import type { Tools } from '../machine/tools.ts'
import type { Layout } from './layout.ts'
import { formatReference, parseReference } from './reference.ts'

/** How an image is pushed. */
export interface PushOptions {
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

/**
 * Pushes an image layout to a registry as it is, digests included, and gives the reference it has there.
 * Throws REFERENCE_INVALID, REGISTRY_MISSING, REGISTRY_DENIED, REGISTRY_UNREACHABLE, REGISTRY_INSECURE.
 */
export const pushImage = async (layout: Layout, to: string, options: PushOptions): Promise<string> => {
  const reference = parseReference(to)
  const { registry } = reference
  if (!registry) throw errors.registryMissing(to)
  const auth = authFile(options.env ?? process.env)
  const insecure = options.insecure || LOOPBACK.test(registry)
  const argv = [
    'skopeo',
    '--insecure-policy',
    'copy',
    '--preserve-digests',
    ...(auth ? ['--dest-authfile', auth] : []),
    ...(insecure ? ['--dest-tls-verify=false'] : []),
    `oci:${layout.directory}${layout.refs[0] ? `:${layout.refs[0]}` : ''}`,
    `docker://${formatReference(reference)}`,
  ]
  try {
    await options.run(argv, {
      readable: [layout.directory, ...(auth ? [auth] : [])],
      network: true,
      title: `skopeo copy to ${formatReference(reference)}`,
      signal: options.signal,
      ...(options.onLine && { onLine: options.onLine }),
    })
  } catch (error) {
    throw (
      (isAntidoteError(error) && explain(error.details.lines ?? [], formatReference(reference), registry)) ||
      error
    )
  }
  return formatReference(reference)
}
