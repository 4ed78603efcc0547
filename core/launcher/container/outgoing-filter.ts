import { CODE, instruction } from '../../base/process/bpf.ts'
import { MANAGEMENT } from '../../machine/qemu/mac-address.ts'
import { toNumber } from '../network/addresses/ipv4.ts'

/** Where a frame of Ethernet has what, with an IPv4 packet in it; `ports` and what follows count from the end of IPv4's header. */
const AT = { type: 12, header: 14, fragment: 20, protocol: 23, to: 30, from: 14, port: 16, flags: 27 }

const TYPE = { ipv4: 0x0800, arp: 0x0806 }
const PROTOCOL = { icmp: 1, tcp: 6, udp: 17 }
const DHCP = 67

/** More fragments follow, or this one is not the first; and the second of these alone. */
const FRAGMENT = { any: 0x3fff, later: 0x1fff }

/** TCP's SYN and ACK: the first packet of a connection has the one without the other. */
const FLAGS = { syn: 0x02, both: 0x12 }

/** How much of a frame passes: all of it. */
const PASS = 0x40000
const DROP = 0

const { jumpIfEqual: equal } = CODE
const go = (verdict: number) => instruction(CODE.return, verdict)
const load = (code: number, at: number) => instruction(code, at)
/** Returns a verdict where the condition holds, and continues otherwise. */
const when = (code: number, k: number, verdict: number) => [instruction(code, k, 0, 1), go(verdict)]
const unless = (code: number, k: number, verdict: number) => [instruction(code, k, 1, 0), go(verdict)]
/** Goes through the instructions where the word is equal. */
const where = (k: number, inside: readonly Buffer[]) => [
  instruction(equal, k, 1, 0),
  instruction(CODE.jump, inside.length),
  ...inside,
]

/** A header that is not whole could be completed by a fragment that nobody looks into. */
const wholeOnly = [load(CODE.loadHalf, AT.fragment), ...when(CODE.jumpIfAnyBit, FRAGMENT.any, DROP)]

const protocol = [load(CODE.loadByte, AT.protocol), load(CODE.indexHeaderLength, AT.header)]

/** A guest asks everybody for its address, and nothing else: QEMU takes that address for loopback, too. */
const toEverybody = [
  ...wholeOnly,
  ...protocol,
  ...unless(equal, PROTOCOL.udp, DROP),
  load(CODE.loadHalfIndexed, AT.port),
  ...when(equal, DHCP, PASS),
  go(DROP),
]

/** All of 127.0.0.0/8, and 0.0.0.0/8, which the kernel takes for it. */
const notLoopback = [
  instruction(CODE.and, 0xff000000),
  ...when(equal, toNumber('127.0.0.0'), DROP),
  ...when(equal, 0, DROP),
]

/** TCP: only connections that the other side opened pass. Returns for TCP, and for anything that is not UDP. */
const answersOverTcp = [
  ...where(PROTOCOL.tcp, [
    ...wholeOnly,
    load(CODE.loadByteIndexed, AT.flags),
    instruction(CODE.and, FLAGS.both),
    ...when(equal, FLAGS.syn, DROP),
    go(PASS),
  ]),
  ...unless(equal, PROTOCOL.udp, DROP),
  // the first fragment has the whole header, and without one that passes the others come to nothing
  load(CODE.loadHalf, AT.fragment),
  ...when(CODE.jumpIfAnyBit, FRAGMENT.later, PASS),
]

const onlyFrom = (ports: readonly number[]) => [
  load(CODE.loadHalfIndexed, AT.from),
  ...ports.flatMap((port) => when(equal, port, PASS)),
  go(DROP),
]

/** What a guest may send. */
export interface Allowed {
  /** It may connect to others; else it answers only. */
  connect: boolean
  /** Its forwarded UDP ports: it answers from there, */
  from: readonly number[]
  /** and on loopback to ports that the kernel gives to those who ask, the first and the last. */
  to: readonly [number, number]
}

/**
 * A classic BPF filter of a guest's frames, as an array of struct sock_filter: what passes does not reach 127.0.0.1 of
 * whatever QEMU runs in. libslirp has that at the gateway's address and at the broadcast address, and connects to
 * 127.0.0.0/8 as to any other (sotranslate_out4 in its socket.c). Who asks the guest from loopback comes from the
 * gateway's address, and is answered.
 */
export const outgoingFilter = ({ connect, from, to: [first, last] }: Allowed): Buffer =>
  Buffer.concat([
    load(CODE.loadHalf, AT.type),
    ...when(equal, TYPE.arp, PASS),
    ...unless(equal, TYPE.ipv4, DROP),
    load(CODE.loadWord, AT.to),
    ...where(0xffffffff, toEverybody),
    ...where(toNumber(MANAGEMENT.host), [
      ...protocol,
      ...when(equal, PROTOCOL.icmp, PASS),
      ...answersOverTcp,
      load(CODE.loadHalfIndexed, AT.port),
      ...when(equal, DHCP, PASS),
      ...unless(CODE.jumpIfNotLess, first, DROP),
      ...when(CODE.jumpIfGreater, last, DROP),
      ...onlyFrom(from),
    ]),
    ...notLoopback,
    ...(connect ? [go(PASS)] : [...protocol, ...answersOverTcp, ...onlyFrom(from)]),
  ])
