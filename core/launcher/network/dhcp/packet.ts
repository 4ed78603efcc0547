/** A DHCP message: RFC 2131, section 2, without the fields that nobody here uses. */
export interface DhcpPacket {
  reply: boolean
  transaction: number
  seconds: number
  /** The client cannot take a reply that is sent to its address. */
  broadcast: boolean
  /** The address that the client has. */
  client: string
  /** The address that the client is given. */
  yours: string
  /** The address of a relay. */
  relay: string
  mac: string
  /** By code, in the order they are sent in. */
  options: ReadonlyMap<number, Buffer>
}

const HEADER = 236
const COOKIE = 0x63825363
/** The least that a BOOTP client takes: RFC 1542, section 2.1. */
const LEAST = 300
/** An Ethernet frame holds no more, and no client has more to say. */
const MOST = 1500
/** The most bytes of an option; a longer one is sent in parts: RFC 3396. */
const LONGEST_OPTION = 255
const PAD = 0
const END = 255

const readAddress = (bytes: Buffer, at: number): string => bytes.subarray(at, at + 4).join('.')

const parseOptions = (bytes: Buffer): Map<number, Buffer> => {
  const options = new Map<number, Buffer>()
  for (let at = HEADER + 4; at < bytes.length && bytes[at] !== END; ) {
    const code = bytes[at]!
    const length = code === PAD ? -1 : (bytes[at + 1] ?? 0)
    const value = bytes.subarray(at + 2, at + 2 + Math.max(0, length))
    // one that is given twice is one long one: RFC 3396
    if (code !== PAD) options.set(code, Buffer.concat([options.get(code) ?? Buffer.alloc(0), value]))
    at += 2 + length
  }
  return options
}

/** Reads a message from Ethernet; undefined if it is none. */
export const parsePacket = (bytes: Buffer): DhcpPacket | undefined => {
  if (bytes.length < HEADER + 4 || bytes.length > MOST) return undefined
  if (bytes.readUInt32BE(HEADER) !== COOKIE) return undefined
  const [op, hardware, length] = bytes
  if ((op !== 1 && op !== 2) || hardware !== 1 || length !== 6) return undefined
  return {
    reply: op === 2,
    transaction: bytes.readUInt32BE(4),
    seconds: bytes.readUInt16BE(8),
    broadcast: (bytes.readUInt16BE(10) & 0x8000) !== 0,
    client: readAddress(bytes, 12),
    yours: readAddress(bytes, 16),
    relay: readAddress(bytes, 24),
    mac: bytes.subarray(28, 34).toString('hex').match(/../g)!.join(':'),
    options: parseOptions(bytes),
  }
}

export const addressBytes = (...addresses: string[]): Buffer =>
  Buffer.from(addresses.flatMap((address) => address.split('.').map(Number)))

const writeOption = ([code, value]: [number, Buffer]): Buffer[] => {
  const parts: Buffer[] = []
  let at = 0
  do {
    const part = value.subarray(at, at + LONGEST_OPTION)
    parts.push(Buffer.from([code, part.length]), part)
    at += LONGEST_OPTION
  } while (at < value.length)
  return parts
}

/** Writes a message. */
export const writePacket = (packet: DhcpPacket): Buffer => {
  const header = Buffer.alloc(HEADER + 4)
  header.set([packet.reply ? 2 : 1, 1, 6, 0])
  header.writeUInt32BE(packet.transaction, 4)
  header.writeUInt16BE(packet.seconds, 8)
  header.writeUInt16BE(packet.broadcast ? 0x8000 : 0, 10)
  header.set(addressBytes(packet.client), 12)
  header.set(addressBytes(packet.yours), 16)
  header.set(addressBytes(packet.relay), 24)
  header.set(Buffer.from(packet.mac.replaceAll(':', ''), 'hex'), 28)
  header.writeUInt32BE(COOKIE, HEADER)
  const options = [...packet.options].flatMap(writeOption)
  const message = Buffer.concat([header, ...options, Buffer.from([END])])
  return Buffer.concat([message, Buffer.alloc(Math.max(0, LEAST - message.length))])
}
