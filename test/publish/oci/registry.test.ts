import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { errors } from '../../../core/base/errors/catalogue.ts'
import { standingInRegistry } from '../../../core/publish/oci/registry.ts'
import { scratch } from './help.ts'

/** skopeo as it ends with these words. */
const failing = (words: string) => async () => {
  throw errors.commandFailed('skopeo', 'exit status 1', [words])
}

test('the key is read from the annotation of what stands there', async () => {
  const asked: string[][] = []
  const modes: number[] = []
  const home = scratch()
  const auth = join(home, 'auth.json')
  writeFileSync(auth, '{"auths":{"registry.example":{"auth":"YTpi"},"other.example":{"auth":"c2VjcmV0"}}}')
  mkdirSync(join(home, '.config/containers/certs.d/registry.example'), { recursive: true })
  writeFileSync(join(home, 'ca.pem'), 'authority')
  symlinkSync(join(home, 'ca.pem'), join(home, '.config/containers/certs.d/registry.example/ca.crt'))
  writeFileSync(join(home, '.config/containers/policy.json'), '{}')
  const given: string[] = []
  const standing = await standingInRegistry('registry.example/labs/frr:v1', {
    env: { REGISTRY_AUTH_FILE: auth, HOME: home },
    run: async (argv, { readable = [] } = {}) => {
      asked.push([...argv])
      const [authfile, certificates] = ['--authfile', '--cert-dir'].map(
        (name) => argv[argv.indexOf(name) + 1]!,
      )
      expect(readable).toEqual(expect.arrayContaining([authfile, certificates]))
      given.push(readFileSync(authfile!, 'utf8'), readFileSync(join(certificates!, 'ca.crt'), 'utf8'))
      modes.push(statSync(authfile!).mode & 0o777, statSync(dirname(authfile!)).mode & 0o777)
      const stdout = '{"layers":[{"size":5},{"size":7}],"annotations":{"io.antidote.key":"k"}}'
      return { code: 0, stdout, stderr: '' }
    },
  })
  expect(standing).toMatchObject({ key: 'k', bytes: 12 })
  const [argv = []] = asked
  const lent = argv[argv.indexOf('--authfile') + 1]!
  expect(argv).toEqual([
    ...['skopeo', '--policy', join(home, '.config/containers/policy.json'), 'inspect', '--raw'],
    ...['--authfile', lent, '--cert-dir', argv[argv.indexOf('--cert-dir') + 1]],
    'docker://registry.example/labs/frr:v1',
  ])
  // only what is for this registry, for nobody else's eyes, and not for longer than the command
  expect(given).toEqual(['{"auths":{"registry.example":{"auth":"YTpi"}}}', 'authority'])
  expect(modes).toEqual([0o600, 0o700])
  expect(existsSync(lent)).toBe(false)
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
  ['uploading layer chunked: received unexpected HTTP status: 500 Internal Server Error', 'REGISTRY_FAILED'],
  ['pinging container registry registry.example: StatusCode: 503, ""', 'REGISTRY_FAILED'],
  ['unauthorized: authentication required', 'REGISTRY_DENIED'],
  ['http: server gave HTTP response to HTTPS client', 'REGISTRY_INSECURE'],
  ['copying: Source image rejected: Running image docker://x is rejected by policy.', 'IMAGE_POLICY'],
  ['unexpected end of JSON input', 'COMMAND_FAILED'],
] as const)('"%s" is %s', async ([words, code]) => {
  const options = { run: failing(words), env: { HOME: scratch() } }
  await expect(standingInRegistry('registry.example/frr:v1', options)).rejects.toMatchObject({ code })
})
