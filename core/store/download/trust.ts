import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { createSecureContext, rootCertificates } from 'node:tls'

/** Where hosts keep what they trust, all in one file: Debian, Red Hat, SUSE, Alpine. enter.sh has the same list. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

const read = (path: string | undefined): string[] => {
  try {
    return path ? [readFileSync(path, 'utf8')] : []
  } catch {
    return []
  }
}

/** The authorities that this host trusts beside those that Node.js brings. */
export const hostAuthorities = (env: NodeJS.ProcessEnv = process.env): string[] => {
  const [bundle] = [env.SSL_CERT_FILE, ...BUNDLES].flatMap(read)
  return [...(bundle === undefined ? [] : [bundle]), ...read(env.NODE_EXTRA_CA_CERTS)]
}

let agent: Agent | undefined

/** Connects to what this host trusts: Node.js by itself knows only the authorities that it brings. */
export const hostAgent = (): Agent => {
  agent ??= new Agent({
    secureContext: createSecureContext({ ca: [...rootCertificates, ...hostAuthorities()] }),
  })
  return agent
}
