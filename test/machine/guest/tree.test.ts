import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TreeGuest } from '../../../core/machine/guest/tree.ts'
import { temporary } from '../../support/directory.ts'
import { makeTree } from '../../support/tree.ts'

let base: string
let directory: string
let guest: TreeGuest
const lines: string[] = []

beforeAll(() => {
  base = makeTree(mkdtempSync(join(tmpdir(), 'antidote-tree-')))
})

afterAll(() => rmSync(base, { recursive: true, force: true }))

/** The tree with an empty layer on it. */
const layered = (signal?: AbortSignal): TreeGuest => {
  const [upper, work] = ['upper', 'work'].map((name) => join(directory, name)) as [string, string]
  for (const path of [upper, work]) mkdirSync(path, { recursive: true })
  return new TreeGuest({
    lower: [base],
    upper,
    work,
    env: { FROM_THE_TREE: 'yes' },
    signal,
    onLine: (line) => lines.push(line),
  })
}

beforeEach(() => {
  directory = temporary()
  guest = layered()
  lines.length = 0
})

/** What the layer holds. */
const changed = (path: string): string => readFileSync(join(directory, 'upper', path), 'utf8')

test('runs an argument vector as it is, as root, with the environment of the tree', async () => {
  const { stdout } = await guest.exec(
    ['sh', '-c', 'echo "$1|$FROM_THE_TREE|$MORE|$(id -u)"', 'sh', `a 'b' $(x)`],
    { env: { MORE: 'more' } },
  )
  expect(stdout).toBe(`a 'b' $(x)|yes|more|0\n`)
  expect(lines).toEqual([stdout.trim()])
})

test('a failing command shows itself and its last lines, unless it may fail', async () => {
  const command = ['sh', '-c', 'echo out; echo err >&2; exit 7']
  await expect(guest.exec(command)).rejects.toMatchObject({
    code: 'GUEST_COMMAND_FAILED',
    details: { lines: ['out', 'err'] },
  })
  expect(await guest.exec(command, { allowFailure: true })).toMatchObject({
    code: 7,
    stdout: 'out\n',
    stderr: 'err\n',
  })
})

test('input, a deadline and an abort', async () => {
  expect((await guest.exec(['cat'], { input: 'in' })).stdout).toBe('in')
  await expect(guest.exec(['sleep', '60'], { timeout: 500 })).rejects.toThrow('no end within')
  const controller = new AbortController()
  const aborted = layered(controller.signal).exec(['sh', '-c', 'echo ready; sleep 60'], {
    onLine: () => controller.abort(new Error('called off')),
  })
  await expect(aborted).rejects.toThrow('called off')
})

test('writes a file whole, with the directories above it, and only into the layer', async () => {
  await guest.write('/etc/deep/er/file', "it's\n$HOME\n", { mode: 0o640, owner: 'root' })
  expect(changed('etc/deep/er/file')).toBe("it's\n$HOME\n")
  expect(lstatSync(join(directory, 'upper/etc/deep/er/file')).mode & 0o777).toBe(0o640)
  expect(existsSync(join(base, 'etc/deep'))).toBe(false)
  await guest.write("/etc/-odd 'name'", Uint8Array.of(0, 255, 10))
  expect([...(await guest.read("/etc/-odd 'name'"))]).toEqual([0, 255, 10])
  expect(lines).toEqual([])
})

test('an owner that the guest does not know is named', async () => {
  await expect(guest.write('/etc/x', '', { owner: 'nobody-here' })).rejects.toMatchObject({
    code: 'FILE_OWNER',
    message: '/etc/x cannot be given to "nobody-here": the guest does not know that owner.',
  })
  await expect(
    guest.upload(join(base, 'etc/passwd'), '/etc/y', { owner: 'ada:nobody-here' }),
  ).rejects.toMatchObject({ code: 'FILE_OWNER' })
})

test('an owner that the guest knows is given by number', async () => {
  await guest.write('/home/x', '', { owner: 'ada:ada' })
  expect((await guest.exec(['stat', '-c', '%u:%g', '/home/x'])).stdout).toBe('1000:1000\n')
})

test('uploads a file, over what is there', async () => {
  const from = join(temporary({ 'a b.conf': 'new' }), 'a b.conf')
  await guest.write('/etc/a.conf', 'old')
  await guest.upload(from, '/etc/a.conf')
  expect(changed('etc/a.conf')).toBe('new')
  expect((await guest.exec(['stat', '-c', '%U %a', '/etc/a.conf'])).stdout).toBe('root 644\n')
})

test('uploads a directory with links and executable bits, into one that is there', async () => {
  const from = temporary({ 'top/run!': '#!/bin/sh\necho ran\n', 'top/deep/file': 'x' })
  symlinkSync('run', join(from, 'top/link'))
  await guest.write('/opt/there/before', 'kept')
  await guest.upload(join(from, 'top'), '/opt/there')
  expect((await guest.exec(['/opt/there/link'])).stdout).toBe('ran\n')
  expect(changed('opt/there/deep/file')).toBe('x')
  expect(changed('opt/there/before')).toBe('kept')
})

test('a file that is not to be found is named', async () => {
  await expect(guest.read('/etc/nothing')).rejects.toMatchObject({
    code: 'GUEST_COMMAND_FAILED',
    message: expect.stringContaining('/etc/nothing'),
  })
})

test('downloads a file, and no program of the tree sees where to', async () => {
  const directory = temporary({ neighbour: 'kept' })
  const to = join(directory, 'copy of passwd')
  // programs of a tree may be anybody's
  const evil = `#!/bin/sh\necho got >/run/antidote/neighbour; echo got >"${directory}/neighbour"; exec /bin/cat "$@"\n`
  for (const name of ['cat', 'cp']) await guest.write(`/usr/local/bin/${name}`, evil, { mode: 0o755 })
  await guest.download('/etc/passwd', to)
  expect(readFileSync(to, 'utf8')).toBe(readFileSync(join(base, 'etc/passwd'), 'utf8'))
  expect(readdirSync(directory).sort()).toEqual(['copy of passwd', 'neighbour'])
  expect(readFileSync(join(directory, 'neighbour'), 'utf8')).toBe('kept')
  expect(lstatSync(to).mode & 0o777).toBe(0o644)
})

test('a download of what is not there, or no file, leaves nothing', async () => {
  const directory = temporary()
  for (const from of ['/etc/nothing', '/etc'])
    await expect(guest.download(from, join(directory, 'to'))).rejects.toMatchObject({
      code: 'GUEST_COMMAND_FAILED',
      message: expect.stringContaining(`read ${from}`),
    })
  expect(readdirSync(directory)).toEqual([])
})

test('a download carries any bytes', async () => {
  const to = join(temporary(), 'bytes')
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256)
  await guest.write('/etc/bytes', bytes)
  await guest.download('/etc/bytes', to)
  expect(readFileSync(to).equals(bytes)).toBe(true)
})

test('what a private directory of the host holds can be uploaded too', async () => {
  const from = temporary({ 'private/file': 'x' })
  writeFileSync(join(from, 'private/file'), 'secret')
  chmodSync(join(from, 'private'), 0o700)
  await guest.upload(join(from, 'private/file'), '/etc/secret', { mode: 0o600 })
  expect((await guest.exec(['stat', '-c', '%u %a', '/etc/secret'])).stdout).toBe('0 600\n')
})

test('/tmp and /run are not part of the tree', async () => {
  await guest.exec(['sh', '-c', 'echo x >/tmp/x; echo x >/run/x'])
  expect(existsSync(join(directory, 'upper/tmp/x'))).toBe(false)
  expect(existsSync(join(directory, 'upper/run/x'))).toBe(false)
})

describe('a session', () => {
  const sh = (script: string, ...more: string[]) => ['sh', '-c', script, 'sh', ...more]

  test('keeps what its commands left in /tmp and running, until its end', async () => {
    await guest.session(async (exec) => {
      await exec(sh('echo one >/tmp/mark; sleep 1000 >/dev/null 2>&1 & echo $! >/run/pid'))
      const { code, stdout } = await exec(sh('kill -0 "$(cat /run/pid)"; cat /tmp/mark'))
      expect([code, stdout.toString()]).toEqual([0, 'one\n'])
    })
    await guest.session(async (exec) => {
      expect((await exec(sh('cat /tmp/mark'))).code).toBe(1)
    })
    expect(lines).toEqual([])
  })

  test('carries any bytes both ways, and arguments and exit status as they are', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256))
    await guest.session(async (exec) => {
      const back = await exec(sh('cat; cat /etc/none; exit 77'), { input: bytes })
      expect(back.code).toBe(77)
      expect(back.stdout.equals(bytes)).toBe(true)
      expect(back.stderr.toString()).toContain('/etc/none')
      const odd = `a 'b' $(x) "\\\n`
      const words = await exec(sh('printf "%s|" "$1" "$FROM_THE_TREE"; id -u', odd))
      expect(words.stdout.toString()).toBe(`${odd}|yes|0\n`)
      expect((await exec(['none'])).code).toBe(127)
    })
  })

  test('takes one command after the other, and sees what it is made of nowhere', async () => {
    await guest.session(async (exec) => {
      const all = await Promise.all(['a', 'b', 'c'].map((name) => exec(sh('echo "$1"', name))))
      expect(all.map(({ stdout }) => stdout.toString()).join('')).toBe('a\nb\nc\n')
      expect((await exec(sh('ls -a /sys 2>/dev/null || echo nothing'))).stdout.toString()).toBe('nothing\n')
    })
  })

  test('ends with a command that is given up, and begins anew', async () => {
    await guest.session(async (exec) => {
      const given = new AbortController()
      const stuck = exec(sh(': >/etc/begun; exec sleep 1000'), { signal: given.signal })
      await expect.poll(() => existsSync(join(directory, 'upper/etc/begun'))).toBe(true)
      given.abort(new Error('given up'))
      await expect(stuck).rejects.toThrow('given up')
      expect((await exec(sh('echo again'))).stdout.toString()).toBe('again\n')
    })
  })

  test('that cannot be made is an error', async () => {
    const broken = new TreeGuest({ lower: ['/nowhere'], upper: '/nowhere', work: '/nowhere', env: {} })
    await expect(broken.session((exec) => exec(['true']))).rejects.toMatchObject({
      code: 'GUEST_COMMAND_FAILED',
    })
  })
})

test.each(['dev', 'proc', 'run', 'tmp'])(
  'a tree whose /%s leads out of it is not entered: its mounts and files would be put there',
  async (name) => {
    const outside = temporary()
    symlinkSync(outside, join(directory, 'upper', name))
    await expect(guest.exec(['true'])).rejects.toMatchObject({
      details: { lines: [`enter: /${name} of the tree is a link that leads out of it`] },
    })
    expect(readdirSync(outside)).toEqual([])
  },
)
