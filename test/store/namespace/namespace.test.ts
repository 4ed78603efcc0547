import { existsSync, mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { type Namespace, runIn } from '../../../core/store/namespace/namespace.ts'
import { startChild } from '../../support/child.ts'
import { temporary } from '../../support/directory.ts'
import { makeTree } from '../../support/tree.ts'

const inside = async (
  script: string,
  namespace: Partial<Namespace> = {},
  args: string[] = [],
): Promise<string> =>
  (
    await runIn({ operations: [{ host: true }], ...namespace })(['sh', '-c', script, 'sh', ...args])
  ).stdout.trim()

describe('a namespace', () => {
  test('has the tools of the host and nothing else of it', async () => {
    const directory = temporary({ secret: 'x' })
    expect(await inside('ls -A /root /home /tmp 2>/dev/null | grep -v : || true')).toBe('')
    expect(await inside('test -e "$1" || echo hidden', {}, [directory])).toBe('hidden')
    await expect(inside('touch /usr/x')).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
  })

  test('has its own processes, host name, and an environment that owes nothing to ours', async () => {
    process.env.ANTIDOTE_TEST_LEAK = 'leaks'
    const output = await inside(
      'echo $$; hostname; echo "[$ANTIDOTE_TEST_LEAK] $MORE"; ls -d /proc/[0-9]* | wc -l',
      { environment: { MORE: 'more' } },
    )
    delete process.env.ANTIDOTE_TEST_LEAK
    const [pid, host, environment, processes] = output.split('\n')
    expect([pid, host, environment]).toEqual(['1', 'antidote', '[] more'])
    expect(Number(processes)).toBeLessThan(5)
  })

  test('has no network unless it is given one', async () => {
    expect(await inside('tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d " "')).toBe('lo')
    expect(await inside('readlink /proc/self/ns/net')).not.toBe(readlinkSync('/proc/self/ns/net'))
    expect(await inside('readlink /proc/self/ns/net', { network: 'host' })).toBe(
      readlinkSync('/proc/self/ns/net'),
    )
  })

  test('writes to what is bound, as the user who asked; not to what is bound read-only', async () => {
    const directory = temporary({ 'in/file': 'content', 'out/empty': '' })
    const operations = [
      { host: true } as const,
      { bind: join(directory, 'in'), readOnly: true },
      { bind: join(directory, 'out'), at: '/result' },
    ]
    expect(
      await inside(
        'cp "$1/in/file" /result/copy; touch "$1/in/more" 2>/dev/null || echo refused',
        { operations },
        [directory],
      ),
    ).toBe('refused')
    expect(readFileSync(join(directory, 'out/copy'), 'utf8')).toBe('content')
    expect(statSync(join(directory, 'out/copy')).uid).toBe(process.getuid!())
  })

  test('is root without the powers of root', async () => {
    expect(await inside('id -u')).toBe('0')
    await expect(inside('mount -t tmpfs none /mnt 2>&1 || mount -t tmpfs none /tmp')).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
    })
    expect(await inside('mount -t tmpfs none /tmp && echo mounted', { mounts: true })).toBe('mounted')
  })

  test('sees layers as one tree, and writes only to the top', async () => {
    const directory = temporary({ 'one/a': '1', 'one/b': '1', 'two/b': '2', 'upper/x': '', 'work/x': '' })
    const lower = ['two', 'one'].map((name) => join(directory, name))
    expect(
      await inside('cat /t/a /t/b', { operations: [{ host: true }, { view: { at: '/t', lower } }] }),
    ).toBe('12')
    await expect(
      inside('touch /t/c', { operations: [{ host: true }, { view: { at: '/t', lower } }] }),
    ).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
  })

  test('takes paths as they are', async () => {
    const directory = temporary({ "a b'c $(touch pwned)/file": 'x' })
    const odd = join(directory, "a b'c $(touch pwned)")
    expect(await inside('cat "$1/file"', { operations: [{ host: true }, { bind: odd }] }, [odd])).toBe('x')
  })

  test('of tools with a network has the host names and the trust of the host, and without one its own', async () => {
    const tools = makeTree(temporary())
    const at = ['etc/hosts', 'etc/resolv.conf', 'etc/ssl/certs/ca-certificates.crt']
    mkdirSync(join(tools, 'etc/ssl/certs'), { recursive: true })
    for (const path of at) writeFileSync(join(tools, path), 'own\n')
    writeFileSync(join(tools, 'bundle.pem'), 'what the host trusts')
    vi.stubEnv('SSL_CERT_FILE', join(tools, 'bundle.pem'))
    const operations = [{ tools: [tools] }]
    const script = at.map((path) => `cat /${path}`).join('; echo "--"; ')
    const seen = await inside(script, { operations, network: 'host' })
    expect(seen.split('\n--\n')).toEqual([
      readFileSync('/etc/hosts', 'utf8').trimEnd(),
      readFileSync('/etc/resolv.conf', 'utf8').trimEnd(),
      'what the host trusts',
    ])
    expect(await inside(script, { operations })).toBe('own\n--\nown\n--\nown')
    vi.unstubAllEnvs()
  })

  test('leaves no mount behind', async () => {
    const directory = temporary({ 'lower/a': '1', 'bound/b': '2' })
    const operations = [
      { host: true } as const,
      { view: { at: '/t', lower: [join(directory, 'lower'), join(directory, 'bound')] } },
      { bind: join(directory, 'bound') },
    ]
    // those of other programs on this host come and go
    const ours = (mounts: string) =>
      mounts.split('\n').filter((line) => line.startsWith('antidote ') || line.includes(directory))
    expect(ours(await inside('cat /proc/self/mounts', { operations })).length).toBeGreaterThanOrEqual(3)
    expect(ours(readFileSync('/proc/self/mounts', 'utf8'))).toEqual([])
  })
})

test('kill -9 of who started it ends everything in it', async () => {
  const directory = temporary()
  const child = startChild(new URL('../toolbox/children/sleeper.ts', import.meta.url), [directory])
  await child.said('started')
  child.process.kill('SIGKILL')
  await child.ended
  const size = () => statSync(join(directory, 'beat')).size
  expect(existsSync(join(directory, 'beat'))).toBe(true)
  // it dies within a moment; from then on nothing beats
  let last = -1
  for (let tries = 0; tries < 20 && size() !== last; tries++) {
    last = size()
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  expect(size()).toBe(last)
})
