import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { FirstKeys } from '../../../core/machine/host-keys/first-keys.ts'
import { anyHostKey, type HostKeys } from '../../../core/machine/host-keys/host-keys.ts'
import { TrustedKeys, type TrustOptions } from '../../../core/machine/host-keys/trusted.ts'
import { waitForSsh } from '../../../core/machine/ssh/answer.ts'
import { temporary, write } from '../../support/directory.ts'
import { hostKey, TestSsh } from '../ssh-server.ts'

let home: string
beforeEach(() => {
  home = temporary()
  vi.stubEnv('HOME', home)
})
afterEach(() => void vi.unstubAllEnvs())

const start = async (options: { port?: number; keys?: string[] } = {}) => {
  const server = await TestSsh.start('root', 'secret', [], { address: '0.0.0.0', ...options })
  onTestFinished(() => server.stop())
  return server
}

/** This host by an address that is not said to be its own. */
const ELSEWHERE = '0.0.0.0'

const logIn = async (port: number, hostKeys: HostKeys, host = ELSEWHERE): Promise<string> => {
  const target = { host, port, user: 'root', password: 'secret', hostKeys }
  try {
    const connection = await waitForSsh(
      target,
      { refused: false, banner: false },
      AbortSignal.timeout(10_000),
    )
    await connection!.ready
    connection!.close()
    return 'in'
  } catch (error) {
    return (error as { code: string }).code
  }
}

const fileWith = (text: string) => join(temporary({ known: text }), 'known')

describe('a server elsewhere', () => {
  test('that nobody knows gets no password, and the error has its fingerprint and the way to add it', async () => {
    const { port, passwords, key } = await start()
    const target = { host: ELSEWHERE, port, user: 'root', password: 'secret', hostKeys: new TrustedKeys() }
    const error = await waitForSsh(
      target,
      { refused: false, banner: false },
      AbortSignal.timeout(10_000),
    ).catch((thrown: unknown) => thrown)
    const shown = execFileSync('ssh-keygen', ['-lf', '-'], { input: key }).toString().split(' ')[1]!
    expect(error).toMatchObject({
      code: 'HOST_KEY_UNKNOWN',
      message: `The SSH host key of ${ELSEWHERE}:${port} is ${shown}, and nothing says that it is the right one.`,
      details: {
        hint: expect.stringContaining(`\`ssh-keyscan -p ${port} ${ELSEWHERE} >>~/.ssh/known_hosts\``),
      },
    })
    expect(passwords).toEqual([])
  })

  test.each(['~/.ssh/known_hosts', 'a file that is named'])('is known by %s', async (where) => {
    const { port, passwords, key } = await start()
    const line = `[${ELSEWHERE}]:${port} ${key}\n`
    if (where.startsWith('~')) write(home, { '.ssh/known_hosts': line })
    const options: TrustOptions = where.startsWith('~') ? {} : { file: fileWith(line) }
    expect(await logIn(port, new TrustedKeys(options))).toBe('in')
    expect(passwords).toEqual(['secret'])
  })

  test('is known at a port of which nothing is listed by the key of its port 22', async () => {
    const { port, key } = await start()
    const own = `${ELSEWHERE} ${key}\n@revoked * ${(await start()).key}\n`
    const hostKeys = new TrustedKeys({ file: fileWith(own) })
    expect(await logIn(port, hostKeys)).toBe('in')
    // tools that do not look at port 22 are told
    expect(hostKeys.known({ host: ELSEWHERE, port })).toHaveLength(1)
    const other = `[${ELSEWHERE}]:${port} ${(await start()).key}\n`
    expect(await logIn(port, new TrustedKeys({ file: fileWith(own + other) }))).toBe('HOST_KEY_CHANGED')
  })

  test.each([false, true])(
    'with another key than the known one gets no password (first use: %s)',
    async (firstUse) => {
      const { port, passwords } = await start()
      const other = await start()
      const file = fileWith(`# mine\n[${ELSEWHERE}]:${port} ${other.key}\n`)
      expect(() => new TrustedKeys({ file }).check({ host: ELSEWHERE, port }, Buffer.from('x'))).toThrow(
        /, and not SHA256:[\w+/]{43}\.$/,
      )
      expect(await logIn(port, new TrustedKeys({ file, firstUse }))).toBe('HOST_KEY_CHANGED')
      expect(passwords).toEqual([])
    },
  )

  test('with a key that is revoked gets no password, whatever else says of it', async () => {
    const { port, passwords, key } = await start()
    const file = fileWith(`[${ELSEWHERE}]:${port} ${key}\n@revoked * ${key}\n`)
    expect(await logIn(port, new TrustedKeys({ file }))).toBe('HOST_KEY_REVOKED')
    expect(passwords).toEqual([])
  })

  test('gets the password where any key is taken', async () => {
    const { port } = await start()
    expect(await logIn(port, anyHostKey)).toBe('in')
  })
})

describe('the first key', () => {
  test('of a lesson that one has started is taken, kept in the file, and is the only one from then on', async () => {
    const file = join(temporary(), 'lesson-hosts')
    const first = await start()
    const { port } = first
    expect(await logIn(port, new TrustedKeys({ file, firstUse: true }))).toBe('in')
    expect(readFileSync(file, 'utf8')).toBe(`[${ELSEWHERE}]:${port} ${first.key}\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    first.stop()
    const second = await start({ port })
    expect(await logIn(port, new TrustedKeys({ file, firstUse: true }))).toBe('HOST_KEY_CHANGED')
    expect(await logIn(port, new TrustedKeys({ file }))).toBe('HOST_KEY_CHANGED')
    expect(second.passwords).toEqual([])
  })

  test('of a port of this host is taken for the run, whatever ssh knows of an older container', async () => {
    const first = await start()
    const { port } = first
    write(home, { '.ssh/known_hosts': `[127.0.0.1]:${port} ${(await start()).key}\n` })
    const hostKeys = new TrustedKeys()
    expect(await logIn(port, hostKeys, '127.0.0.1')).toBe('in')
    first.stop()
    const second = await start({ port })
    expect(await logIn(port, hostKeys, '127.0.0.1')).toBe('HOST_KEY_CHANGED')
    expect(second.passwords).toEqual([])
    expect(await logIn(port, new TrustedKeys(), '127.0.0.1')).toBe('in')
  })

  test('of a machine is the only one until it starts anew', async () => {
    const first = await start()
    const { port } = first
    const hostKeys = new FirstKeys()
    expect(await logIn(port, hostKeys, '127.0.0.1')).toBe('in')
    first.stop()
    const second = await start({ port })
    expect(await logIn(port, hostKeys, '127.0.0.1')).toBe('HOST_KEY_CHANGED')
    expect(second.passwords).toEqual([])
    hostKeys.forget()
    expect(await logIn(port, hostKeys, '127.0.0.1')).toBe('in')
  })

  test('is asked for where a server has keys of several types', async () => {
    const key = hostKey()
    const first = await start({ keys: [key] })
    const { port } = first
    const hostKeys = new FirstKeys()
    expect(await logIn(port, hostKeys, '127.0.0.1')).toBe('in')
    first.stop()
    // ed25519 is preferred where nothing is known
    const path = join(temporary(), 'ed25519')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
    await start({ port, keys: [readFileSync(path, 'utf8'), key] })
    expect(await logIn(port, new FirstKeys(), '127.0.0.1')).toBe('in')
    expect(await logIn(port, hostKeys, '127.0.0.1')).toBe('in')
  })
})
