import { generateKeyPairSync } from 'node:crypto'

/** A key of an SSH server: both halves in base64, the private one as the body of an OpenSSH key file. */
export interface HostKey {
  /** As in the name of its file, and of the algorithm. */
  type: 'ed25519' | 'ecdsa'
  algorithm: 'ssh-ed25519' | 'ecdsa-sha2-nistp256'
  public: string
  private: string
}

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** A string of the SSH protocol: RFC 4251, 5. */
const field = (content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content)
  return Buffer.concat([uint32(bytes.length), bytes])
}

/** A positive number of the SSH protocol: without leading zeros, and not mistaken for a negative one. */
const number = (bytes: Buffer): Buffer => {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = bytes.subarray(first)
  return field(digits[0]! >= 0x80 ? Buffer.concat([Buffer.alloc(1), digits]) : digits)
}

/** Bytes to which an unencrypted private part is padded. */
const BLOCK = 8

/** A key as OpenSSH keeps it, without a passphrase: OpenSSH, PROTOCOL.key. */
const keyFile = (open: Buffer, secret: Buffer[]): Buffer => {
  // two equal numbers show that decrypting went well; here there is nothing to decrypt
  const parts = Buffer.concat([uint32(0), uint32(0), ...secret, field('')])
  const padding = Array.from({ length: (BLOCK - (parts.length % BLOCK)) % BLOCK }, (_, index) => index + 1)
  return Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    uint32(1),
    field(open),
    field(Buffer.concat([parts, Buffer.from(padding)])),
  ])
}

const encoded = (type: HostKey['type'], algorithm: HostKey['algorithm'], open: Buffer, secret: Buffer[]) => ({
  type,
  algorithm,
  public: open.toString('base64'),
  private: keyFile(open, secret).toString('base64'),
})

const bytesOf = (text: string | undefined): Buffer => Buffer.from(text!, 'base64url')

/** RFC 8709, 4; the private half is followed by the public one. */
const ed25519 = (): HostKey => {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const algorithm = 'ssh-ed25519'
  const open = Buffer.concat([field(algorithm), field(bytesOf(x))])
  return encoded('ed25519', algorithm, open, [open, field(Buffer.concat([bytesOf(d), bytesOf(x)]))])
}

/** RFC 5656, 3.1: a point that is not compressed, on NIST's P-256. */
const ecdsa = (): HostKey => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x, y, d } = privateKey.export({ format: 'jwk' })
  const algorithm = 'ecdsa-sha2-nistp256'
  const point = Buffer.concat([Buffer.from([4]), bytesOf(x), bytesOf(y)])
  const open = Buffer.concat([field(algorithm), field('nistp256'), field(point)])
  return encoded('ecdsa', algorithm, open, [open, number(bytesOf(d))])
}

/**
 * New keys for an SSH server. Made on the host: the random numbers of a guest that was just restored may be those of
 * its siblings, and under emulation two runs of ssh-keygen take longer than all else that a restore does.
 */
export const makeHostKeys = (): HostKey[] => [ed25519(), ecdsa()]
