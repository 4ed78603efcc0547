import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { sha256 } from '../../../core/base/files/digest.ts'
import { download } from '../../../core/store/download/download.ts'
import { hostAuthorities } from '../../../core/store/download/trust.ts'
import { Store } from '../../../core/store/store.ts'
import { temporary } from '../../support/directory.ts'

/** A server with a certificate that nobody vouches for. Gives its address and the certificate. */
const serve = async () => {
  const directory = temporary()
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(directory, name)) as [string, string]
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', cert], {
    stdio: 'pipe',
  })
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
    response.end('content'),
  ).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/file`, cert }
}

test('a download trusts the authorities of the host, and no others', async () => {
  const [trusted, stranger] = await Promise.all([serve(), serve()])
  vi.stubEnv('SSL_CERT_FILE', trusted.cert)
  const store = await new Store(join(temporary(), 'store')).open()
  const sum = sha256(Buffer.from('content'))
  const failed = await download(store, { url: stranger.url, sha256: sum }).catch((error: unknown) => error)
  expect(failed).toMatchObject({ code: 'DOWNLOAD_FAILED' })
  const path = await download(store, { url: trusted.url, sha256: sum })
  expect(readFileSync(path, 'utf8')).toBe('content')
  vi.unstubAllEnvs()
})

test('what the environment names comes before the files of the host, and what it adds comes to it', () => {
  const [bundle, extra] = ['bundle', 'extra'].map((name) => join(temporary(), name)) as [string, string]
  for (const file of [bundle, extra]) writeFileSync(file, file)
  expect(hostAuthorities({ SSL_CERT_FILE: bundle, NODE_EXTRA_CA_CERTS: extra })).toEqual([bundle, extra])
  expect(hostAuthorities({ NODE_EXTRA_CA_CERTS: '/not/there' })).not.toContain(extra)
})
