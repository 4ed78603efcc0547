import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { credentialFor } from '../../../core/publish/oci/credentials.ts'
import { makeFifo } from '../../support/directory.ts'
import { scratch } from './help.ts'

let home: string

beforeEach(() => {
  home = scratch()
})

const put = (path: string, content: object | string, mode = 0o600) => {
  const file = join(home, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  chmodSync(file, mode)
}

/** A helper as its protocol has it: it is asked `get`, with the server on its input. */
const helper = (name: string, script: string) =>
  put(
    `bin/docker-credential-${name}`,
    `#!/bin/sh\n[ "$1" = get ] || exit 2\nread -r server\n${script}\n`,
    0o755,
  )

const ask = (registry = 'registry.example:5000', path = 'labs/frr') =>
  credentialFor(registry, path, {
    env: {
      HOME: home,
      PATH: `${join(home, 'bin')}:${process.env.PATH}`,
      TOLD: 'the caller’s own environment',
    },
  })

const base64 = (text: string) => Buffer.from(text).toString('base64')
const DOCKER = '.docker/config.json'

test('the first file that has a credential counts, and of its entries the most particular', async () => {
  expect(await ask()).toBeUndefined()
  put(DOCKER, { auths: { 'https://registry.example:5000/v2/': { auth: 'ZG9ja2Vy' } } })
  expect(await ask()).toEqual({ auth: 'ZG9ja2Vy' })
  const auths = {
    'registry.example:5000': { auth: 'aG9zdA==' },
    'registry.example:5000/labs': { auth: 'bGFicw==' },
  }
  put('.config/containers/auth.json', { auths })
  expect(await ask()).toEqual({ auth: 'bGFicw==' })
  expect(await ask('registry.example:5000', 'other/frr')).toEqual({ auth: 'aG9zdA==' })
  expect(await ask('registry.example')).toBeUndefined()
})

test('a helper for the registry is asked on the host, with the environment of the caller', async () => {
  put(DOCKER, { credHelpers: { 'registry.example:5000': 'mine' }, credsStore: 'none' })
  helper('mine', `printf '{"ServerURL":"%s","Username":"%s","Secret":"%s"}' "$server" ada "$server $TOLD"`)
  expect(await ask()).toEqual({ auth: base64('ada:registry.example:5000 the caller’s own environment') })
})

test('so is the helper for all, which has what docker login leaves empty; a token is one', async () => {
  put(DOCKER, { auths: { 'registry.example:5000': {} }, credsStore: 'all' })
  helper('all', `printf '{"Username":"<token>","Secret":"%s"}' "$server"`)
  expect(await ask()).toEqual({ identitytoken: 'registry.example:5000' })
  expect(await ask('docker.io')).toEqual({ identitytoken: 'https://index.docker.io/v1/' })
})

test('a helper that has nothing is no error', async () => {
  put(DOCKER, { credsStore: 'empty' })
  helper('empty', 'echo credentials not found in native keychain; exit 1')
  expect(await ask()).toBeUndefined()
})

test.for([
  ['missing', '', 'it is not on this machine'],
  ['locked', 'echo "pass not initialized" >&2; echo SECRET; exit 1', 'pass not initialized'],
  ['silent', 'echo SECRET; exit 4', 'it ended with exit status 4'],
  ['chatty', 'echo hello', 'its answer is not JSON'],
  ['../../bin/sh', '', 'that is no name of a program'],
] as const)(
  'a helper that is %s is named with the file, the registry and the reason',
  async ([name, script, reason]) => {
    put(DOCKER, { credHelpers: { 'registry.example:5000': name } })
    if (script) helper(name, script)
    await expect(ask()).rejects.toMatchObject({
      code: 'CREDENTIAL_HELPER',
      message: `docker-credential-${name}, which ${join(home, DOCKER)} names for the credentials of registry.example:5000, gave none: ${reason}.`,
    })
  },
)

test('a file that is none is named', async () => {
  put(DOCKER, 'auths: yaml')
  await expect(ask()).rejects.toMatchObject({
    code: 'AUTH_FILE',
    message: `The credentials in ${join(home, DOCKER)} cannot be read: it is not JSON.`,
  })
})

test('a FIFO instead of a file of credentials is named at once', async () => {
  mkdirSync(join(home, '.docker'))
  makeFifo(join(home, '.docker/config.json'))
  await expect(ask()).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining('it is a FIFO'),
  })
})
