import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errors } from '../../core/errors/catalogue.ts'
import { standingInRegistry } from '../../core/oci/registry.ts'
import { scratch } from './help.ts'

/** skopeo as it ends with these words. */
const failing = (words: string) => async () => {
  throw errors.commandFailed('skopeo', 'exit status 1', [words])
}

test('the key is read from the annotation of what stands there', async () => {
  const asked: string[][] = []
  const auth = join(scratch(), 'auth.json')
  writeFileSync(auth, '{}')
  const standing = await standingInRegistry('registry.example/labs/frr:v1', {
    env: { REGISTRY_AUTH_FILE: auth },
    run: async (argv) => {
      asked.push([...argv])
      const stdout = '{"layers":[{"size":5},{"size":7}],"annotations":{"io.antidote.key":"k"}}'
      return { code: 0, stdout, stderr: '' }
    },
  })
  expect(standing).toMatchObject({ key: 'k', bytes: 12 })
  expect(asked).toEqual([
    [
      'skopeo',
      '--insecure-policy',
      'inspect',
      '--raw',
      '--authfile',
      auth,
      'docker://registry.example/labs/frr:v1',
    ],
  ])
})

// the ends of lines of skopeo 1.18 against a registry of distribution 2.8
test.for([
  'reading manifest latest in 127.0.0.1:5000/frr: manifest unknown',
  'reading manifest v1 in 127.0.0.1:5000/frr: name unknown: repository name not known to registry',
])('"%s" is an image that is not there yet', async (words) => {
  const options = { run: failing(words), env: { HOME: scratch() } }
  expect(await standingInRegistry('127.0.0.1:5000/frr:v1', options)).toBeUndefined()
})

test.for([
  ['dial tcp 127.0.0.1:5000: connect: connection refused', 'REGISTRY_UNREACHABLE'],
  ['unauthorized: authentication required', 'REGISTRY_DENIED'],
  ['http: server gave HTTP response to HTTPS client', 'REGISTRY_INSECURE'],
  ['unexpected end of JSON input', 'COMMAND_FAILED'],
] as const)('"%s" is %s', async ([words, code]) => {
  const options = { run: failing(words), env: { HOME: scratch() } }
  await expect(standingInRegistry('registry.example/frr:v1', options)).rejects.toMatchObject({ code })
})
