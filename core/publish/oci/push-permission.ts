import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError } from '../../base/errors/error.ts'
import type { Run } from '../../base/process/run.ts'
import { type Credential, credentialFor } from './credentials.ts'
import { formatReference, parseReference, type Reference } from './reference.ts'
import { isLoopback } from './registry.ts'
import { type Answer, ask, type Question } from './registry-http.ts'

/** How a registry is asked whether it would take an image. */
export interface PermissionOptions {
  insecure?: boolean | undefined
  signal?: AbortSignal | undefined
  env?: NodeJS.ProcessEnv
  /** Where credential helpers run. */
  host?: Run
}

/** Docker's own registry answers elsewhere than it is called. */
const serverOf = (registry: string): string => (registry === 'docker.io' ? 'registry-1.docker.io' : registry)

/** The parameters of a challenge: `Bearer realm="…",service="…"` (RFC 7235). */
const parametersOf = (challenge: string): Record<string, string> =>
  Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]))

/** Gets a token that a registry wants, from where it says (distribution specification, "Token Authentication"). */
const tokenFor = async (
  challenge: string,
  { path }: Reference,
  credential: Credential | undefined,
  question: Question,
): Promise<string | undefined> => {
  const { realm = '', service = '' } = parametersOf(challenge)
  const url = new URL(realm)
  if (url.protocol !== 'https:' && !question.insecure) throw new Error('a token server without TLS')
  const scope = `repository:${path}:pull,push`
  const { auth, identitytoken } = credential ?? {}
  const form = { grant_type: 'refresh_token', client_id: 'antidote', service, scope }
  if (!identitytoken) {
    if (service) url.searchParams.set('service', service)
    url.searchParams.set('scope', scope)
  }
  const answer = await ask(
    url,
    identitytoken
      ? {
          ...question,
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ ...form, refresh_token: identitytoken }).toString(),
        }
      : { ...question, ...(auth && { headers: { authorization: `Basic ${auth}` } }) },
  )
  if (answer.status !== 200) return undefined
  const { token, access_token: other } = JSON.parse(answer.text) as { token?: string; access_token?: string }
  return token ?? other
}

/** What a registry says in an answer that refuses; undefined if it is not in the words of the specification. */
const wordsOf = ({ text }: Answer): string[] | undefined => {
  try {
    const { errors: said } = JSON.parse(text) as { errors?: { code?: string; message?: string }[] }
    return said?.map(({ code, message }) => [code, message].filter(Boolean).join(': '))
  } catch {
    return undefined
  }
}

/** The upload that was begun is given up: it would lie in the registry until that cleans up. */
const cancel = async ({ headers }: Answer, url: URL, question: Question): Promise<void> => {
  const location = headers.location
  if (typeof location === 'string') await ask(new URL(location, url), { ...question, method: 'DELETE' })
}

const begin = async (url: URL, reference: Reference, options: PermissionOptions): Promise<Answer> => {
  const { insecure, signal, env = process.env, host } = options
  const question: Question = { method: 'POST', insecure, signal }
  const first = await ask(url, question)
  let headers: Record<string, string> = {}
  let answer = first
  if (first.status === 401) {
    const challenge = String(first.headers['www-authenticate'] ?? '')
    const { registry, path } = reference
    const credential = await credentialFor(registry!, path, { env, signal, ...(host && { host }) })
    const way = /^bearer\b/i.test(challenge)
      ? await tokenFor(challenge, reference, credential, { insecure, signal }).then(
          (token) => token && `Bearer ${token}`,
        )
      : credential?.auth && `Basic ${credential.auth}`
    if (!way) return first
    headers = { authorization: way }
    answer = await ask(url, { ...question, headers })
  }
  // whether that works says nothing of the push
  if (answer.status === 202) await cancel(answer, url, { insecure, signal, headers }).catch(() => {})
  return answer
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? ''

const UNREACHABLE = /^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT|EPIPE)/

/** Whether the server is no server of TLS: what it said first cannot be read as that. */
const isPlain = (error: unknown): boolean =>
  /EPROTO|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET/.test(codeOf(error))

const attempt = async (reference: Reference, options: PermissionOptions): Promise<Answer> => {
  const address = (scheme: string) =>
    new URL(`${scheme}://${serverOf(reference.registry!)}/v2/${reference.path}/blobs/uploads/`)
  try {
    return await begin(address('https'), reference, options)
  } catch (error) {
    // as skopeo does it
    if (!options.insecure || !isPlain(error)) throw error
    return begin(address('http'), reference, options)
  }
}

/** Whether the environment names a proxy, through which skopeo reaches the registry and we do not. */
const proxied = (env: NodeJS.ProcessEnv): boolean =>
  ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => env[name])

/**
 * Makes sure that a registry would take an image, as it is asked for by starting an upload that is given up at once.
 * Says nothing where the answer is no clear one, or where a proxy stands between: the push tells.
 * Throws REFERENCE_INVALID, REGISTRY_MISSING, REGISTRY_UNREACHABLE, REGISTRY_INSECURE, REGISTRY_DENIED.
 */
export const requirePush = async (to: string, options: PermissionOptions = {}): Promise<void> => {
  const reference = parseReference(to)
  const { registry } = reference
  if (!registry) throw errors.registryMissing(to)
  const loopback = isLoopback(registry)
  if (!loopback && proxied(options.env ?? process.env)) return
  let answer: Answer
  try {
    answer = await attempt(reference, { ...options, insecure: options.insecure || loopback })
  } catch (error) {
    options.signal?.throwIfAborted()
    const lines = [(error as Error).message]
    if (UNREACHABLE.test(codeOf(error))) throw errors.registryUnreachable(registry, lines)
    if (isPlain(error) || /CERT|SELF_SIGNED|UNABLE_TO/.test(codeOf(error)))
      throw errors.registryInsecure(registry, lines)
    if (isAntidoteError(error)) throw error
    return
  }
  const refused = [401, 403, 405].includes(answer.status) ? wordsOf(answer) : undefined
  const challenged = answer.status === 401 && answer.headers['www-authenticate']
  if (refused || challenged) throw errors.registryDenied(formatReference(reference), refused ?? [])
}
