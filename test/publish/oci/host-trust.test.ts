import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { certificatesFor, policyOf } from '../../../core/publish/oci/host-trust.ts'
import { makeFifo } from '../../support/directory.ts'
import { scratch } from './help.ts'

let home: string

beforeEach(() => {
  home = scratch()
})

const put = (path: string, content: string) => {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), content)
  return join(home, path)
}

test('certificates of a registry are copied from the first place that has them, links by what they lead to', async () => {
  const places = ['one', 'two'].map((name) => join(home, name))
  const find = (registry: string) => certificatesFor(registry, join(home, registry), {}, places)
  put('two/certs.d/registry.example:5000/ca.crt', 'authority')
  put('two/certs.d/registry.example:5000/README', 'no certificate')
  symlinkSync(put('keys/client', 'key'), join(home, 'two/certs.d/registry.example:5000/client.key'))
  expect(await find('registry.example')).toBeUndefined()
  const at = (await find('registry.example:5000'))!
  expect(readdirSync(at).sort()).toEqual(['ca.crt', 'client.key'])
  expect(readFileSync(join(at, 'client.key'), 'utf8')).toBe('key')
})

test('the policy of the user comes before that of the host, with the keys that it names', async () => {
  const places = ['user', 'host'].map((name) => join(home, name))
  expect(await policyOf({}, places)).toEqual({ argv: ['--insecure-policy'], readable: [] })
  const key = put('key.pub', 'key')
  const file = put(
    'host/policy.json',
    JSON.stringify({
      default: [{ type: 'reject' }],
      transports: {
        docker: { 'registry.example': [{ type: 'sigstoreSigned', keyPath: key, other: '/not/there' }] },
      },
    }),
  )
  put('host/registries.d/default.yaml', '')
  const lookaside = join(home, 'host/registries.d')
  expect(await policyOf({}, places)).toEqual({
    argv: ['--policy', file, '--registries.d', lookaside],
    readable: [file, lookaside, key],
  })
  const own = put('user/policy.json', 'not JSON')
  expect((await policyOf({}, places)).argv.slice(0, 2)).toEqual(['--policy', own])
})

test('a FIFO instead of the policy is named at once: it does not continue without one', async () => {
  makeFifo(join(home, 'policy.json'))
  await expect(policyOf({}, [home])).rejects.toThrow('policy.json cannot be read: it is a FIFO')
})
