import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { CLI, command, imageDirectory, must } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { startRegistry } from './registry.ts'

const work = temporaryDirectory()
const NAME = 'registry.lab.example'

/** crypt(3) of "word", as bcrypt, which is what a registry takes. */
const HASH = '$2y$05$abcdefghijklmnopqrstuuQDoL5Sa/TtfS/XN4AY/jgq.HBbO1BTu'

const put = (path: string, content: string, mode = 0o644): string => {
  const file = join(work, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content, { mode })
  return file
}

/** An image whose disk is a few bytes. */
const image = () =>
  imageDirectory(
    work,
    'trusting',
    `use: [definePlugin({ name: 'disk', version: '1', apply({ bootstrap }) {
      bootstrap.tap({ name: 'disk' }, async (_, step) => {
        const { writeFile } = await import('node:fs/promises')
        await writeFile(step.out + '/disk.qcow2', 'bytes')
        return { kind: 'disk', chain: [step.ref('disk.qcow2')] }
      })
    } })]`,
  )

test('a registry is reached as this host does: by its names, its authorities and its helpers', async () => {
  const [cert, key] = [put('cert.pem', ''), put('key.pem', '')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const names = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`]
  await must(['openssl', 'req', '-x509', ...kind, ...names, '-keyout', key, '-out', cert])
  const registry = await startRegistry(work, {
    http: `tls: { certificate: ${cert}, key: ${key} }`,
    others: `auth: { htpasswd: { realm: lab, path: ${put('htpasswd', `ada:${HASH}\n`)} } }`,
  })
  const host = `${NAME}:${registry.address.split(':')[1]}`
  const home = join(work, 'home')
  put('home/.docker/config.json', JSON.stringify({ credHelpers: { [host]: 'lab' } }))
  put(
    'bin/docker-credential-lab',
    `#!/bin/sh\nread -r server\n[ "$1 $server" = "get ${host}" ] || exit 1\necho '{"Username":"ada","Secret":"word"}'\n`,
    0o755,
  )
  const hosts = put('hosts', `127.0.0.1 localhost\n127.0.0.1 ${NAME}\n`)
  // only in a mount namespace of its own does the host know that name
  const there = 'mount --bind "$1" /etc/hosts; shift; exec "$@"'
  const as = (env: Record<string, string>, ...verb: string[]) =>
    command(
      ['unshare', '--mount', 'sh', '-euc', there, 'sh', hosts, process.execPath, CLI, '--json', ...verb],
      {
        env: { ...process.env, HOME: home, PATH: `${join(work, 'bin')}:${process.env.PATH}`, ...env },
      },
    )
  const publish = [
    '-C',
    image(),
    'publish',
    '--no-test',
    '--output',
    join(work, 'layout'),
    '--to',
    `${host}/labs/x`,
  ]
  // the store is not where this home would have it
  const store = {
    ANTIDOTE_CACHE_DIR: join(process.env.XDG_CACHE_HOME ?? join(process.env.HOME!, '.cache'), 'antidote'),
  }
  try {
    const stranger = await as(store, ...publish)
    expect(JSON.parse(stranger.stdout)).toMatchObject({ error: { code: 'REGISTRY_INSECURE' } })
    const bySystem = await as({ ...store, SSL_CERT_FILE: cert }, ...publish)
    expect(bySystem.code, bySystem.stderr).toBe(0)
    const directory = `home/.config/containers/certs.d/${host}`
    put(`${directory}/ca.crt`, await must(['cat', cert]))
    const inspected = await as(store, 'inspect', `${host}/labs/x:latest`)
    expect(JSON.parse(inspected.stdout), inspected.stderr).toMatchObject({ image: 'trusting' })
    put('home/.config/containers/policy.json', '{"default":[{"type":"reject"}]}')
    const refused = await as(store, 'inspect', `${host}/labs/x:latest`)
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'IMAGE_POLICY' } })
    // what was made here is published all the same
    expect((await as(store, ...publish)).code).toBe(0)
  } finally {
    await registry.stop()
  }
})
