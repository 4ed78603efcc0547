/** Where the bytes of a form stand: guest memory, QEMU's device state, or either. */
type Where = 'ram' | 'state'

/** One way in which a MAC address stands in a saved machine. Every address gives as many bytes as any other. */
interface Form {
  in: readonly Where[]
  bytes(mac: Buffer): Buffer
}

export const macBytes = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex')

const BOTH = ['ram', 'state'] as const

const text = (separator: string, upper: boolean): Form => ({
  in: BOTH,
  bytes: (mac) => {
    const digits = mac.toString('hex').match(/../g)!.join(separator)
    return Buffer.from(upper ? digits.toUpperCase() : digits)
  },
})

const pick = (mac: Buffer, ...order: number[]): Buffer => Buffer.from(order.map((at) => mac[at]!))

/** All forms by name; the names are in relocation tables. */
export const FORMS = {
  plain: { in: BOTH, bytes: (mac) => mac },
  /** An interface identifier of IPv6: RFC 4291, appendix A. */
  eui64: {
    in: BOTH,
    bytes: (mac) => Buffer.from([mac[0]! ^ 2, mac[1]!, mac[2]!, 0xff, 0xfe, mac[3]!, mac[4]!, mac[5]!]),
  },
  /** The end of a solicited-node multicast address, ff02::1:ffxx:xxxx: RFC 4291, 2.7.1. */
  solicited: { in: BOTH, bytes: (mac) => Buffer.from([0, 0, 0, 1, 0xff, ...mac.subarray(3)]) },
  /** The Ethernet address that belongs to it: RFC 2464, 7. */
  multicast: { in: BOTH, bytes: (mac) => Buffer.from([0x33, 0x33, 0xff, ...mac.subarray(3)]) },
  /** e1000's RAL and RAH with its valid bit, as QEMU saves numbers: big-endian. Intel 8254x manual, 13.5.2 and 13.5.3. */
  registers: {
    in: ['state'],
    bytes: (mac) => Buffer.concat([pick(mac, 3, 2, 1, 0), Buffer.from([0x80, 0]), pick(mac, 5, 4)]),
  },
  /** The first words of e1000's EEPROM, little-endian in the chip and big-endian as saved; a checksum follows. 5.6.1. */
  eeprom: { in: ['state'], bytes: (mac) => pick(mac, 1, 0, 3, 2, 5, 4) },
  colons: text(':', false),
  Colons: text(':', true),
  dashes: text('-', false),
  Dashes: text('-', true),
  digits: text('', false),
  Digits: text('', true),
} satisfies Record<string, Form>

export type FormName = keyof typeof FORMS

/** The forms that are searched for in one of a snapshot's files. */
export const formsIn = (where: Where): [FormName, Form][] =>
  Object.entries(FORMS).filter(([, form]) => (form.in as readonly Where[]).includes(where)) as [
    FormName,
    Form,
  ][]
