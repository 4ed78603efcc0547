import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { checkOutgoing, userNetwork } from '../../../core/launcher/container/outgoing.ts'
import { outgoingFilter } from '../../../core/launcher/container/outgoing-filter.ts'

const PROGRAM = fileURLToPath(new URL('../../../core/launcher/outgoing.pl', import.meta.url))

/** Sends each frame into the first descriptor and says which come out of the second; then one the other way. */
const PROBE = `
open my $near, '+<&=', 10 or die; open my $far, '+<&=', 11 or die;
for my $frame (@ARGV) {
  send $near, pack('H*', $frame), 0 or die;
  my $came = defined recv $far, my $got, 65536, 0x40;
  print $came && unpack('H*', $got) eq $frame ? "passes\\n" : "drops\\n";
}
send $far, 'anything', 0; recv $near, my $back, 65536, 0x40; print "$back\\n";
`

/** What the kernel does with frames under a filter. */
const judge = (filter: Buffer, frames: readonly Buffer[]): string[] => {
  const hex = frames.map((frame) => frame.toString('hex'))
  const argv = [PROGRAM, filter.toString('hex'), '10', '11', 'perl', '-e', PROBE, ...hex]
  const lines = execFileSync('perl', argv, { encoding: 'utf8' }).trim().split('\n')
  expect(lines.pop()).toBe('anything')
  return lines
}

interface Packet {
  to: string
  protocol?: number
  from?: number
  port?: number
  flags?: number
  fragment?: number
  /** Bytes of options in IPv4's header. */
  options?: number
  type?: number
}

const TCP = { protocol: 6, flags: 0x02 }
const UDP = { protocol: 17 }
const ICMP = { protocol: 1 }

const frame = (packet: Packet): Buffer => {
  const { to, protocol = 6, from = 40_000, port = 80, flags = 0, fragment = 0, options = 0 } = packet
  const bytes = Buffer.alloc(14 + 20 + options + 20)
  bytes.writeUInt16BE(packet.type ?? 0x0800, 12)
  bytes[14] = 0x40 + 5 + options / 4
  bytes.writeUInt16BE(fragment, 20)
  bytes[23] = protocol
  Buffer.from(to.split('.').map(Number)).copy(bytes, 30)
  const inside = 34 + options
  bytes.writeUInt16BE(from, inside)
  bytes.writeUInt16BE(port, inside + 2)
  bytes[inside + 13] = flags
  return bytes
}

const answers = { from: [161, 514], to: [32_768, 60_999] } as const
const filter = outgoingFilter({ connect: true, ...answers })
const closed = outgoingFilter({ connect: false, ...answers })
const HOST = '10.0.0.2'

test.each<[string, Packet]>([
  ['a connection to loopback at the gateway', { to: HOST, ...TCP }],
  ['the same with options in the header', { to: HOST, ...TCP, options: 40 }],
  ['the same with ECN', { to: HOST, protocol: 6, flags: 0xc2 }],
  ['a connection in fragments', { to: HOST, protocol: 6, flags: 0x10, fragment: 0x2000 }],
  ['a later fragment of one', { to: HOST, protocol: 6, fragment: 0x0001, flags: 0x10 }],
  ['the first fragment of a datagram to loopback', { to: HOST, ...UDP, port: 53, fragment: 0x2000 }],
  ['a datagram to loopback', { to: HOST, ...UDP, port: 53 }],
  ['a datagram from a port that is not forwarded', { to: HOST, ...UDP, from: 162, port: 40_000 }],
  ['a datagram to a server, from a forwarded port', { to: HOST, ...UDP, from: 161, port: 32_767 }],
  ['the same above those who ask', { to: HOST, ...UDP, from: 514, port: 61_000 }],
  ['another protocol', { to: HOST, protocol: 132 }],
  ['127.0.0.1', { to: '127.0.0.1', ...TCP }],
  ['127.0.0.1 over ICMP', { to: '127.0.0.1', ...ICMP }],
  ['the rest of loopback', { to: '127.255.255.254', ...UDP }],
  ['0.0.0.0', { to: '0.0.0.0', ...TCP }],
  ['everybody', { to: '255.255.255.255', ...UDP, port: 5353 }],
  ['everybody over TCP', { to: '255.255.255.255', ...TCP, port: 67 }],
  ['everybody in fragments', { to: '255.255.255.255', ...UDP, port: 67, fragment: 0x2000 }],
  ['IPv6', { to: '8.8.8.8', type: 0x86dd }],
  ['a tagged frame', { to: '8.8.8.8', type: 0x8100 }],
])('%s is out of reach', (_, packet) => {
  expect(judge(filter, [frame(packet)])).toEqual(['drops'])
  expect(judge(closed, [frame(packet)])).toEqual(['drops'])
})

test.each<[string, Packet]>([
  ['ARP', { to: HOST, type: 0x0806 }],
  ['asking for an address', { to: '255.255.255.255', ...UDP, port: 67 }],
  ['asking for it again', { to: HOST, ...UDP, port: 67 }],
  ['ping of the gateway', { to: HOST, ...ICMP }],
  ['accepting a connection from loopback', { to: HOST, protocol: 6, flags: 0x12 }],
  ['going on with one', { to: HOST, protocol: 6, flags: 0x18, options: 40 }],
  ['refusing one', { to: HOST, protocol: 6, flags: 0x04 }],
  ['answering over UDP', { to: HOST, ...UDP, from: 514, port: 32_768, options: 4 }],
  ['answering the last that can ask', { to: HOST, ...UDP, from: 161, port: 60_999 }],
  ['the rest of an answer in fragments', { to: HOST, ...UDP, fragment: 0x2001 }],
])('%s passes', (_, packet) => {
  expect(judge(filter, [frame(packet)])).toEqual(['passes'])
  expect(judge(closed, [frame(packet)])).toEqual(['passes'])
})

test.each<[string, Packet]>([
  ['the resolver', { to: '10.0.0.3', ...UDP, port: 53 }],
  ['a connection to anybody else', { to: '192.0.2.1', ...TCP }],
  ['the first fragment to anybody else', { to: '128.0.0.1', ...UDP, fragment: 0x2000 }],
  ['what begins like loopback from behind', { to: '1.0.0.127', ...TCP }],
  ['ping of anybody else', { to: '192.0.2.1', ...ICMP }],
])('%s passes, where connections may be begun', (_, packet) => {
  expect(judge(filter, [frame(packet)])).toEqual(['passes'])
  expect(judge(closed, [frame(packet)])).toEqual(['drops'])
})

test.each<[string, Packet]>([
  ['accepting a connection', { to: '192.0.2.1', protocol: 6, flags: 0x12 }],
  ['answering over UDP', { to: '192.0.2.1', ...UDP, from: 161, port: 53 }],
  ['the rest of such an answer', { to: '192.0.2.1', ...UDP, fragment: 0x00b9 }],
])('%s passes in any case', (_, packet) => {
  expect(judge(filter, [frame(packet)])).toEqual(['passes'])
  expect(judge(closed, [frame(packet)])).toEqual(['passes'])
})

test('no frame is too short for it, and many ports are not too many', () => {
  const whole = frame({ to: HOST, ...UDP, from: 999, port: 40_000 })
  const from = Array.from({ length: 1000 }, (_, port) => port)
  const many = outgoingFilter({ connect: false, from, to: answers.to })
  const cut = Array.from({ length: 37 }, (_, length) => whole.subarray(0, length + 1))
  expect(judge(many, [...cut.slice(0, 35), whole])).toEqual([...Array(35).fill('drops'), 'passes'])
})

test('the command is the one that is asked for, with its exit status and nothing said', () => {
  const argv = [PROGRAM, filter.toString('hex'), '10', '11']
  const env = { ...process.env, LC_ALL: 'none', PERL_BADLANG: '0' }
  const run = (...words: string[]) => execFileSync('perl', [...argv, ...words], { env, stdio: 'pipe' })
  expect(() => run('sh', '-c', 'exit 7')).toThrow(expect.objectContaining({ status: 7 }))
  expect(() => run('no-such-command')).toThrow(
    expect.objectContaining({ message: expect.stringContaining('no-such-command: No such file') }),
  )
})

test('what is to be reached decides what QEMU is started with', async () => {
  const forwards = [
    { host: '0.0.0.0', hostPort: 20_161, port: 161, protocol: 'udp' as const },
    { host: '0.0.0.0', hostPort: 22, port: 22, protocol: 'tcp' as const },
  ]
  expect(await userNetwork('all', forwards)).toEqual({ management: { kind: 'user' }, before: [] })
  const ask = { to: '192.0.2.1', ...TCP }
  const none = await userNetwork('none', forwards)
  expect(judge(Buffer.from(none.before.at(-3)!, 'hex'), [frame(ask)])).toEqual(['drops'])
  const { management, before } = await userNetwork('network', forwards)
  expect(management).toEqual({ kind: 'user', through: [10, 11] })
  expect(none.management).toEqual(management)
  const [code, ...descriptors] = before.slice(-3)
  expect(descriptors).toEqual(['10', '11'])
  const answer = (from: number) => frame({ to: HOST, ...UDP, from, port: 40_000 })
  expect(judge(Buffer.from(code!, 'hex'), [answer(161), answer(22), answer(20_161)])).toEqual([
    'passes',
    'drops',
    'drops',
  ])
})

test('a guest on the network itself can be given neither less nor more than that', () => {
  const check = (outgoing: 'none' | 'network' | 'all', management: 'forward' | 'transparent') => () =>
    checkOutgoing({ outgoing }, { management })
  for (const outgoing of ['none', 'all'] as const) {
    expect(check(outgoing, 'transparent')).toThrow(
      `ANTIDOTE_OUTGOING is "${outgoing}", which is not possible`,
    )
    expect(check(outgoing, 'forward')).not.toThrow()
  }
  expect(check('network', 'transparent')).not.toThrow()
})
