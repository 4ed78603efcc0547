import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StatusDocument } from '../../core/launcher/report/board.ts'
import { container, launcher } from './container.ts'
import { bundle } from './face.ts'

let script: string
let remove: () => void
beforeAll(async () => {
  ;({ script, remove } = await bundle())
})
afterAll(() => remove())

describe('without a command that exists', () => {
  const antidote = (argv: string[]) => launcher(script, { ANTIDOTE_STATE: '/nowhere' }).antidote(argv)

  test.for([[['--help']], [['-h']], [['help']], [['status', '--help']]])('%j lists them', async ([argv]) => {
    const { code, stdout } = await antidote(argv!)
    expect(code).toBe(0)
    for (const name of ['status', 'health', 'console', 'ssh', 'monitor'])
      expect(stdout).toContain(`antidote ${name}`)
    expect(stdout).not.toContain('handshake')
  })

  test('the nearest is named', async () => {
    expect(await antidote(['stauts'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'antidote: There is no command "stauts". Did you mean "status"?\nThe commands are status, health, console, ssh, monitor.\n',
    })
  })

  test.for(['toString', '__proto__', 'Help'])('%s is none', async (name) => {
    expect((await antidote([name])).stderr).toContain(`There is no command "${name}"`)
  })

  test('what a command does not take is refused', async () => {
    expect(await antidote(['status', '--jsno'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"status" does not take "--jsno".'),
    })
  })
})

test('a second launcher says that the first one runs, and what else there is', async () => {
  const { environment } = await container(script)
  const { antidote } = launcher(script, environment)
  const { code, stdout, stderr } = await antidote([])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('The machine of this container runs already')
  expect(stderr).toContain('antidote status')
  expect(await launcher(script, { ANTIDOTE_STATE: '/nowhere' }).antidote([])).toEqual({
    code: 0,
    stdout: 'the machine\n',
    stderr: '',
  })
})

test.for(['status', 'health', 'console', 'monitor', 'ssh'])(
  '%s says that there is no launcher',
  async (name) => {
    const { environment } = await container(script)
    const { antidote } = launcher(script, { ...environment, ANTIDOTE_STATE: '/nowhere' })
    const { code, stdout, stderr } = await antidote(
      name === 'ssh' ? ['ssh', 'true'] : [name],
      'info status\n',
    )
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('No launcher answers on /nowhere/control.sock: it is not there.')
  },
)

test('health is one line, and its exit status says whether the machine is ready', async () => {
  const { board, antidote } = await container(script)
  expect(await antidote(['health'])).toEqual({ code: 0, stdout: 'ready\n', stderr: '' })
  board.set('failed', 'no sshd')
  expect(await antidote(['health'])).toEqual({ code: 1, stdout: 'failed: no sshd\n', stderr: '' })
})

describe('status', () => {
  const full: Partial<StatusDocument> = {
    state: 'failed',
    why: 'its SSH server stopped answering',
    bootMs: 12_345,
    machine: {
      cpus: 2,
      memory: 512,
      hostname: 'r1',
      accelerator: { name: 'tcg', reason: 'no /dev/kvm' },
      qemu: { pid: 42, user: 'qemu', args: ['-device', 'pvpanic'] },
      disk: 'persist',
    },
    settings: { ANTIDOTE_MEMORY: '512M', ANTIDOTE_PASSWORD: 'secret' },
    management: {
      mode: 'transparent',
      address: '10.1.2.3/24',
      interface: 'eth2',
      addresses: ['10.1.2.3/24'],
      ports: [{ port: 161, protocol: 'udp', at: '[::]:161' }],
    },
    interfaces: [
      {
        ...{ slot: 1, interface: 'net0', mac: '52:54:00:00:00:01', mtu: 9000, up: true },
        addresses: ['10.9.0.2/24', 'fd00:9::2/64'],
      },
      { slot: 12, mac: '52:54:00:00:00:0c', up: false },
    ],
    lesson: 'read-only',
  }

  test('--json is the document', async () => {
    const { board, antidote } = await container(script, full)
    const { code, stdout } = await antidote(['status', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual(board.document)
    expect(stdout).not.toContain('secret')
  })

  test('is a text with everything, for people', async () => {
    const { antidote, board } = await container(script, full)
    const { code, stdout } = await antidote(['status'])
    expect(code).toBe(0)
    expect(stdout).toBe(
      [
        'image        lab',
        'state        failed: its SSH server stopped answering',
        `since        ${board.document.since}`,
        'started      2026-01-02T03:04:05.000Z',
        'boot         12.3 s',
        'hostname     r1',
        'CPUs         2',
        'memory       512 MiB',
        'accelerator  TCG (emulated): no /dev/kvm',
        'QEMU         process 42 as qemu, with -device pvpanic',
        'disk         changes are kept',
        'lesson       read-only',
        "management   the guest has the container's address, 10.1.2.3/24; the container's interface is eth2 (10.1.2.3/24)",
        'ports        161/udp  at [::]:161',
        'interfaces   slot  interface  MAC address        MTU   link  former addresses',
        '             1     net0       52:54:00:00:00:01  9000  up    10.9.0.2/24 fd00:9::2/64',
        '             12    -          52:54:00:00:00:0c  -     down  -',
        'settings     ANTIDOTE_MEMORY    512M',
        '             ANTIDOTE_PASSWORD  (hidden)',
        '',
      ].join('\n'),
    )
  })

  test('and no text in it is obeyed by a terminal', async () => {
    const why = 'no\x1b]0;title\x07 SSH\u009b2J\u202e'
    const { antidote } = await container(script, { state: 'failed', why })
    expect((await antidote(['status'])).stdout).toContain('failed: no SSH<U+202E>\n')
    expect((await antidote(['health'])).stdout).toBe('failed: no SSH<U+202E>\n')
    const { stdout } = await antidote(['status', '--json'])
    for (const character of ['\x1b', '\x9b', '\u202e']) expect(stdout).not.toContain(character)
    expect(JSON.parse(stdout)).toMatchObject({ why })
  })

  test('says what is not there', async () => {
    const { stdout } = await (await container(script, { state: 'starting' })).antidote(['status'])
    for (const line of [
      'accelerator  not chosen yet',
      'QEMU         does not run',
      'disk         changes are thrown away at the end',
      'management   ports are forwarded',
      'ports        none',
      'interfaces   none',
      "settings     the image's own",
    ])
      expect(stdout.split('\n')).toContain(line)
  })
})

describe('monitor', () => {
  test('runs the command of its words', async () => {
    const { antidote, commands } = await container(script)
    expect(await antidote(['monitor', 'info', 'status'])).toEqual({
      code: 0,
      stdout: 'did info status\n',
      stderr: '',
    })
    expect(commands).toEqual(['info status'])
  })

  test("tells QEMU's refusal", async () => {
    const { antidote } = await container(script)
    expect(await antidote(['monitor', 'bad'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'antidote: QEMU refused "bad": no such thing.\n',
    })
  })

  test('runs the commands of standard input, one a line, in their order', async () => {
    const { antidote, commands } = await container(script)
    const { code, stdout } = await antidote(['monitor'], 'info status\n\ninfo network\ninfo pci')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'did info status\ndid info network\ndid info pci\n' })
    expect(commands).toEqual(['info status', 'info network', 'info pci'])
  })

  test('has a prompt on a terminal, which outlives a refusal and which Ctrl-D leaves', async () => {
    const { onTerminal } = await container(script)
    const { stdin, until, ended } = onTerminal('monitor')
    await until('(qemu) ')
    stdin.write('bad\r')
    await until('no such thing')
    stdin.write('info status\r')
    await until('did info status')
    stdin.write('\x04')
    await until('-echoprt')
    stdin.end()
    expect((await ended).stdout).toMatch(/Ctrl-D leaves[\s\S]*status=0/)
  })
})
