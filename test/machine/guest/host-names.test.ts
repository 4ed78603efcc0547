import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { lendNames, takeBackNames } from '../../../core/machine/guest/host-names.ts'
import { TreeGuest } from '../../../core/machine/guest/tree.ts'
import { nameService } from '../../../core/store/namespace/name-service.ts'
import { temporary } from '../../support/directory.ts'
import { makeTree } from '../../support/tree.ts'

let base: string
let directory: string
let host: { resolver: string; hosts: string }

beforeAll(() => {
  base = makeTree(mkdtempSync(join(tmpdir(), 'antidote-names-')))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

beforeEach(() => {
  directory = temporary({
    'host/resolv.conf': '# a comment\nnameserver 192.0.2.53\nsearch corp.example\n',
    'host/hosts': `127.0.0.1 localhost\n127.0.1.1 ${hostname()}.example ${hostname()}\n192.0.2.7 mirror.example mirror # ours\n`,
    'image/etc/hosts': '127.0.0.1 localhost\n',
  })
  host = { resolver: join(directory, 'host/resolv.conf'), hosts: join(directory, 'host/hosts') }
})

const HOSTS_LINES = '192.0.2.7 mirror.example mirror\n'

/** Works in the tree with the image's own layer as a step does; gives what its layer has at a path in /etc. */
const step = async (...scripts: string[]) => {
  const layers = [join(directory, 'image'), base]
  const [upper, work] = ['upper', 'work'].map((name) => join(directory, name)) as [string, string]
  for (const path of [upper, work]) mkdirSync(path, { recursive: true })
  const lower = [...(await lendNames(layers, join(directory, 'names'), host)), ...layers]
  const network = { names: await nameService(), resolver: host.resolver }
  const guest = new TreeGuest({ lower, upper, work, env: {}, network })
  const printed: string[] = []
  for (const script of scripts) printed.push((await guest.exec(['sh', '-euc', script])).stdout)
  await takeBackNames(upper, guest)
  const at = (name: string) => join(upper, 'etc', name)
  return { printed, at, text: (name: string) => readFileSync(at(name), 'utf8') }
}

const own = (text: string) => writeFileSync(join(directory, 'image/etc/resolv.conf'), text)

test('a step resolves names as the host does, and nothing of that is in its layer', async () => {
  own('nameserver 198.51.100.1\n')
  const { printed, at } = await step('cat /etc/resolv.conf', 'cat /etc/hosts')
  const lines = printed.map((text) => text.split('\n').filter((line) => line && !line.startsWith('#')))
  expect(lines[0]).toEqual(['nameserver 192.0.2.53', 'search corp.example', 'nameserver 198.51.100.1'])
  expect(lines[1]).toEqual([HOSTS_LINES.trim(), '127.0.0.1 localhost'])
  expect(existsSync(at('.'))).toBe(false)
})

describe('/etc/resolv.conf of the image', () => {
  test.each([
    ['is written', 'echo nameserver 203.0.113.1 >/etc/resolv.conf'],
    ['is renamed to', 'echo nameserver 203.0.113.1 >/etc/new; mv /etc/new /etc/resolv.conf'],
    ['is removed and made anew', 'rm /etc/resolv.conf; echo nameserver 203.0.113.1 >/etc/resolv.conf'],
  ])('%s', async (_, script) => {
    own('nameserver 198.51.100.1\n')
    const { text } = await step(script, 'cat /etc/resolv.conf')
    expect(text('resolv.conf')).toBe('nameserver 203.0.113.1\n')
  })

  test('is added to, and edited', async () => {
    own('nameserver 198.51.100.1\n')
    const { text } = await step('echo search lab.example >>/etc/resolv.conf')
    expect(text('resolv.conf')).toBe('nameserver 198.51.100.1\nsearch lab.example\n')
  })

  test('is moved away, as systemd-resolved does, for a link whose target still resolves', async () => {
    const { printed, at, text } = await step(
      'mv /etc/resolv.conf /etc/.resolv.conf.bak; ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf; cat /etc/resolv.conf',
      'cat /etc/resolv.conf',
    )
    expect(readlinkSync(at('resolv.conf'))).toBe('../run/systemd/resolve/stub-resolv.conf')
    expect(text('.resolv.conf.bak')).toBe('')
    const resolver = readFileSync(host.resolver, 'utf8')
    expect(printed).toEqual([resolver, resolver])
  })

  test('is removed', async () => {
    own('nameserver 198.51.100.1\n')
    const { at } = await step('rm /etc/resolv.conf')
    expect(lstatSync(at('resolv.conf')).isCharacterDevice()).toBe(true)
  })

  test('is a link from an earlier step, which stays one', async () => {
    symlinkSync('/run/elsewhere/resolv.conf', join(directory, 'image/etc/resolv.conf'))
    const { printed, at } = await step('cat /etc/resolv.conf; readlink /etc/resolv.conf; echo >/etc/other')
    expect(printed[0]).toBe(`${readFileSync(host.resolver, 'utf8')}/run/elsewhere/resolv.conf\n`)
    expect(existsSync(at('resolv.conf'))).toBe(false)
  })

  test('is a link that leads out of the image, and writes nothing there', async () => {
    const outside = join(directory, 'outside')
    symlinkSync(`/run/../../../../../..${outside}`, join(directory, 'image/etc/resolv.conf'))
    await step('true')
    expect(existsSync(outside)).toBe(false)
  })
})

test('/etc/hosts of the image is added to, and edited in place', async () => {
  const { text } = await step('echo 203.0.113.2 db >>/etc/hosts')
  expect(text('hosts')).toBe('127.0.0.1 localhost\n203.0.113.2 db\n')
})

test('what is copied up unchanged is the own file again, with the mode it was given', async () => {
  const { text, at } = await step('chmod 600 /etc/hosts')
  expect(text('hosts')).toBe('127.0.0.1 localhost\n')
  expect(lstatSync(at('hosts')).mode & 0o777).toBe(0o600)
})

test('/etc keeps its mode and time in a layer that has something of it', async () => {
  chmodSync(join(directory, 'image/etc'), 0o750)
  mkdirSync(join(directory, 'image/etc/deep'))
  utimesSync(join(directory, 'image/etc'), 1000, 1000)
  const { at } = await step('echo >/etc/deep/file')
  const { mode, mtimeMs } = lstatSync(at('.'))
  expect([mode & 0o777, mtimeMs]).toEqual([0o750, 1_000_000])
})

test('a host that resolves nothing lends nothing', async () => {
  const nothing = { resolver: join(directory, 'none'), hosts: join(directory, 'none') }
  expect(await lendNames([base], join(directory, 'names'), nothing)).toEqual([])
})

test('a link instead of /etc leads to nothing of the host', async () => {
  const [upper, lower] = [join(directory, 'upper'), join(directory, 'lower')]
  for (const path of [upper, lower]) mkdirSync(path)
  const end = '# antidote: end of those lines'
  const begin =
    '# antidote: names as the host of the build resolves them; these lines do not get into the image'
  writeFileSync(join(directory, 'host/secret'), `${begin}\n${end}\nsecret\n`)
  symlinkSync(join(directory, 'host'), join(upper, 'etc'))
  const written: string[] = []
  const guest = { write: async (path: string) => void written.push(path) } as unknown as TreeGuest
  await takeBackNames(upper, guest)
  expect(written).toEqual([])
  // below a layer with a directory of that name
  symlinkSync(join(directory, 'host'), join(lower, 'etc'))
  writeFileSync(join(directory, 'host/hosts'), '192.0.2.9 of-the-host\n')
  const [lent] = await lendNames([join(directory, 'image'), lower], join(directory, 'names'), {
    ...host,
    hosts: '/nonexistent',
  })
  const text = readFileSync(join(lent!, 'etc/resolv.conf'), 'utf8')
  expect(text.slice(text.indexOf(end))).toBe(`${end}\n`)
})

test('lines that begin like those of the host and never end are left, in time that grows with them', async () => {
  const begin =
    '# antidote: names as the host of the build resolves them; these lines do not get into the image\n'
  const text = begin.repeat(10_000)
  mkdirSync(join(directory, 'upper/etc'), { recursive: true })
  writeFileSync(join(directory, 'upper/etc/file'), text)
  const written: string[] = []
  const guest = {
    write: async (_: string, content: string) => void written.push(content),
  } as unknown as TreeGuest
  await takeBackNames(join(directory, 'upper'), guest)
  expect(written).toEqual([text])
})
