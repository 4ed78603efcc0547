import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError } from '../../base/errors/error.ts'
import type { Run } from '../../base/process/run.ts'
import type { Tools } from '../../base/process/tools.ts'
import { credentialFor } from './credentials.ts'
import { certificatesFor, NO_POLICY, policyOf } from './host-trust.ts'
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
  /** Where helpers for credentials run: the host. */
  host?: Run
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/

/** Whether a registry is on this machine, where nobody listens in. */
export const isLoopback = (registry: string): boolean => LOOPBACK.test(registry)

/** What skopeo says, in the words of Go's net and crypto/tls packages and of the registry protocol. */
const explain = (lines: string[], reference: string, registry: string) => {
  const text = lines.join('\n')
  const rejected = /Source image rejected: ([^"\n]*)/.exec(text)
  if (rejected) return errors.imagePolicy(reference, rejected[1]!, lines)
  if (/HTTP response to HTTPS client|x509:|tls:/i.test(text)) return errors.registryInsecure(registry, lines)
  if (/unauthorized|authentication required|denied|\b403\b/i.test(text))
    return errors.registryDenied(reference, lines)
  if (/connection refused|no such host|i\/o timeout|no route to host|network is unreachable/i.test(text)) {
    return errors.registryUnreachable(registry, lines)
  }
  const failed = /unexpected HTTP status: (5\d\d[ A-Za-z]*)|StatusCode: (5\d\d)/.exec(text)
  if (failed) return errors.registryFailed(reference, failed[1] ?? `status ${failed[2]}`, lines)
  return undefined
}

/** What a command line of skopeo about one reference is put together from. */
export interface Reach {
  /** `docker://` and the whole reference. */
  place: string
  /** Options that say how it is reached; those of the source or the destination of a copy begin with a word for it. */
  options(of: '' | 'src-' | 'dest-'): string[]
}

/** What is asked of a registry. */
interface Question extends RegistryOptions {
  verb: string
  writable?: readonly string[]
  /** What skopeo sees elsewhere, by where. */
  views?: Readonly<Record<string, string>>
  /** The image is one of this machine: the host's policy for images is not asked. */
  own?: boolean
}

/** What the user has for a registry, as files for one command. Nobody else can read them, and no argument has a secret. */
const reachOf = async (
  { registry, path }: { registry: string; path: string },
  work: string,
  { insecure, env = process.env, host, signal }: RegistryOptions,
): Promise<{ options: string[][]; readable: string[] }> => {
  const credential = await credentialFor(registry, path, { env, signal, ...(host && { host }) })
  const auth = join(work, 'auth.json')
  if (credential)
    await writeFile(auth, JSON.stringify({ auths: { [registry]: credential } }), { mode: 0o600 })
  const certificates = await certificatesFor(registry, join(work, 'certs'), env)
  return {
    options: [
      ...(credential ? [['authfile', auth]] : []),
      ...(certificates ? [['cert-dir', certificates]] : []),
      ...(insecure || isLoopback(registry) ? [['tls-verify=false']] : []),
    ],
    readable: [...(credential ? [auth] : []), ...(certificates ? [certificates] : [])],
  }
}

/**
 * Calls skopeo about an image in a registry; `argv` says how. Gives what it printed.
 * Throws REFERENCE_INVALID, REGISTRY_MISSING, REGISTRY_DENIED, REGISTRY_UNREACHABLE, REGISTRY_INSECURE,
 * REGISTRY_FAILED, IMAGE_POLICY, and
 * what `credentialFor` throws.
 */
export const askRegistry = async (
  to: string,
  question: Question,
  argv: (reach: Reach) => string[],
): Promise<string> => {
  const parsed = parseReference(to)
  const { registry, path } = parsed
  if (!registry) throw errors.registryMissing(to)
  const reference = formatReference(parsed)
  const work = await mkdtemp(join(tmpdir(), 'antidote-registry-'))
  try {
    const reach = await reachOf({ registry, path }, work, question)
    const policy = question.own ? NO_POLICY : await policyOf(question.env)
    const options = (of: string) => reach.options.flatMap(([name, ...value]) => [`--${of}${name}`, ...value])
    const { stdout } = await question.run(
      ['skopeo', ...policy.argv, ...argv({ place: `docker://${reference}`, options })],
      {
        readable: [...reach.readable, ...policy.readable],
        ...(question.views && { views: question.views }),
        ...(question.writable && { writable: question.writable }),
        network: true,
        title: `skopeo ${question.verb} ${reference}`,
        signal: question.signal,
        ...(question.onLine && { onLine: question.onLine }),
      },
    )
    return stdout
  } catch (error) {
    throw (isAntidoteError(error) && explain(error.details.lines ?? [], reference, registry)) || error
  } finally {
    await rm(work, { recursive: true, force: true })
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
      await askRegistry(to, { ...options, verb: 'inspect' }, ({ place, options: reach }) => [
        'inspect',
        '--raw',
        ...reach(''),
        place,
      ]),
    )
  } catch (error) {
    const absent = isAntidoteError(error) && ABSENT.test((error.details.lines ?? []).join('\n'))
    if (absent && error.code === 'COMMAND_FAILED') return undefined
    throw error
  }
}
