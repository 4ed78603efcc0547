import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { registry, registryAnswers } from '../../../core/cli/preflight/registry.ts'
import { temporary } from '../../support/directory.ts'

type Handler = (request: IncomingMessage, answer: ServerResponse, address: string) => void

/** A registry that answers so; gives its address and what it was asked. */
const serve = async (handle: Handler) => {
  const asked: string[] = []
  const server = createServer((request, answer) => {
    asked.push(`${request.method} ${request.url}`)
    handle(request, answer, address())
  }).listen(0, '127.0.0.1')
  const address = () => `127.0.0.1:${(server.address() as AddressInfo).port}`
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { address: address(), asked }
}

const begin: Handler = ({ method }, answer) => {
  answer.writeHead(
    method === 'POST' ? 202 : 204,
    method === 'POST' ? { location: '/v2/a/b/blobs/uploads/1?s=x' } : {},
  )
  answer.end()
}

const refuse =
  (status: number, code: string, headers = {}): Handler =>
  (_, answer) => {
    answer.writeHead(status, headers)
    answer.end(JSON.stringify({ errors: [{ code, message: `the reason of ${code}` }] }))
  }

const BASIC = { 'www-authenticate': 'Basic realm="test"' }
const auth = (user: string, password: string) => Buffer.from(`${user}:${password}`).toString('base64')

/** Somebody with this file of credentials. */
const env = (file: object = {}): NodeJS.ProcessEnv => ({
  REGISTRY_AUTH_FILE: join(temporary({ 'auth.json': JSON.stringify(file) }), 'auth.json'),
})

const check = (to: string, options: Parameters<typeof registry>[1] = {}) =>
  registry(to, { env: env(), ...options })(new AbortController().signal)

test('an upload is begun, and given up again', async () => {
  const { address, asked } = await serve(begin)
  expect(await check(`${address}/a/b:v1`)).toEqual([])
  expect(asked).toEqual(['POST /v2/a/b/blobs/uploads/', 'DELETE /v2/a/b/blobs/uploads/1?s=x'])
})

test.each([
  [401, 'UNAUTHORIZED', BASIC],
  [403, 'DENIED', {}],
  [405, 'UNSUPPORTED', {}],
])('%i is a refusal, in the words of the registry', async (status, code, headers) => {
  const { address } = await serve(refuse(status, code, headers))
  await expect(check(`${address}/a/b`)).rejects.toMatchObject({
    code: 'REGISTRY_DENIED',
    message: `The registry gives you no access to ${address}/a/b:latest.`,
    details: { lines: [`${code}: the reason of ${code}`] },
  })
})

test.each([503, 404, 301])('%i says nothing of the push', async (status) => {
  const { address } = await serve((_, answer) => answer.writeHead(status).end('<html>'))
  expect(await check(`${address}/a/b`)).toEqual([])
})

const protectedBy: Handler = (request, answer, address) =>
  (request.headers.authorization === `Basic ${auth('ada', 'secret:1')}`
    ? begin
    : refuse(401, 'UNAUTHORIZED', BASIC))(request, answer, address)

test('the credentials of a login are used, the most particular ones first', async () => {
  const { address } = await serve(protectedBy)
  const right = { auth: auth('ada', 'secret:1') }
  const wrong = { auth: auth('bob', 'x') }
  for (const auths of [
    { [address]: right },
    { [address]: wrong, [`${address}/a`]: right },
    { [`http://${address}/v1/`]: right },
  ])
    expect(await check(`${address}/a/b`, { env: env({ auths }) })).toEqual([])
  const other = env({ auths: { [address]: right, [`${address}/a/b`]: wrong } })
  await expect(check(`${address}/a/b`, { env: other })).rejects.toMatchObject({ code: 'REGISTRY_DENIED' })
})

test('a credential helper of the host is asked', async () => {
  const { address } = await serve(protectedBy)
  const bin = temporary({
    'docker-credential-test': `#!/bin/sh
read -r server || :
[ "$1 $server" = "get ${address}" ] || exit 1
echo '{"Username":"ada","Secret":"secret:1"}'
`,
  })
  chmodSync(join(bin, 'docker-credential-test'), 0o755)
  const PATH = `${bin}:${process.env.PATH}`
  for (const file of [{ credHelpers: { [address]: 'test' } }, { credsStore: 'test' }])
    expect(await check(`${address}/a/b`, { env: { ...env(file), PATH } })).toEqual([])
})

test('a helper that is not there is named', async () => {
  const { address } = await serve(protectedBy)
  const nobody = env({ credsStore: 'no-such-helper' })
  await expect(check(`${address}/a/b`, { env: nobody })).rejects.toMatchObject({
    code: 'CREDENTIAL_HELPER',
    message: expect.stringContaining('docker-credential-no-such-helper'),
  })
})

test('a token is got from where the registry says, for pull and push', async () => {
  const seen: string[] = []
  const { address } = await serve((request, answer, own) => {
    const url = new URL(request.url!, 'http://x')
    if (url.pathname === '/token') {
      seen.push(`${url.searchParams.get('service')} ${url.searchParams.get('scope')}`)
      const ours = request.headers.authorization === `Basic ${auth('ada', 'pw')}`
      answer.end(JSON.stringify({ token: ours ? 'good' : 'bad' }))
    } else if (request.headers.authorization === 'Bearer good') begin(request, answer, own)
    else {
      const challenge = `Bearer realm="http://${own}/token",service="the registry"`
      refuse(401, 'UNAUTHORIZED', { 'www-authenticate': challenge })(request, answer, own)
    }
  })
  const login = env({ auths: { [address]: { auth: auth('ada', 'pw') } } })
  expect(await check(`${address}/a/b`, { env: login })).toEqual([])
  expect(seen).toEqual(['the registry repository:a/b:pull,push'])
  await expect(check(`${address}/a/b`)).rejects.toMatchObject({ code: 'REGISTRY_DENIED' })
})

test('a registry that nobody runs is no registry', async () => {
  await expect(check('127.0.0.1:1/a/b')).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
})

test('a registry without TLS is refused where it is not on this machine by name', async () => {
  const { address } = await serve(begin)
  // 127.0.0.1 by a name that does not look like it
  const to = `[::ffff:7f00:1]:${address.split(':')[1]}/a/b`
  await expect(check(to)).rejects.toMatchObject({ code: 'REGISTRY_INSECURE' })
  expect(await check(to, { insecure: true })).toEqual([])
})

test('where perhaps nothing is pushed, a refusal is none yet', async () => {
  const { address } = await serve(refuse(403, 'DENIED'))
  const answers = (to: string) => registryAnswers(to, { env: env() })(new AbortController().signal)
  expect(await answers(`${address}/a/b`)).toEqual([])
  await expect(answers('127.0.0.1:1/a/b')).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
})
