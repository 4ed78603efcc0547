import { closeSync, lstatSync, readdirSync, readlinkSync, readSync, type Stats } from 'node:fs'
import { errors } from '../../base/errors/catalogue.ts'
import { modeOf, plainMode } from '../../base/files/mode.ts'
import { type OpenFile, openRegular, reading } from '../../base/files/regular.ts'

const BLOCK = 512
/** Bytes that are read at once. */
const CHUNK = 1 << 18

/** The longest name that a header holds; a longer one goes before it, as GNU and BusyBox read it. */
const LONGEST = 100

const field = (value: number, width: number): Buffer => {
  const digits = value.toString(8)
  if (digits.length < width) return Buffer.from(`${digits.padStart(width - 1, '0')}\0`)
  // GNU's form for what octal digits do not hold
  const bytes = Buffer.alloc(width)
  bytes.writeBigUInt64BE(BigInt(value), width - 8)
  bytes[0] = 0x80
  return bytes
}

interface Header {
  name: Buffer
  type: '0' | '2' | '5' | 'K' | 'L'
  mode: number
  size: number
  link?: Buffer
}

const header = ({ name, type, mode, size, link }: Header, mtime: number): Buffer => {
  const block = Buffer.alloc(BLOCK)
  name.copy(block, 0, 0, LONGEST)
  for (const [at, bytes] of [
    [100, field(mode, 8)],
    [108, field(0, 8)],
    [116, field(0, 8)],
    [124, field(size, 12)],
    [136, field(mtime, 12)],
    [148, Buffer.from(' '.repeat(8))],
    [156, Buffer.from(type)],
    [257, Buffer.from('ustar  \0')],
  ] as const)
    bytes.copy(block, at)
  link?.copy(block, 157, 0, LONGEST)
  const sum = block.reduce((total, byte) => total + byte, 0)
  Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `).copy(block, 148)
  return block
}

const padding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)

/** An entry without content; names that are too long come as entries of their own before it. */
const entry = (entry: Header, mtime: number): Buffer => {
  const long = (type: 'K' | 'L', text: Buffer | undefined): Buffer[] => {
    if (text === undefined || text.length < LONGEST) return []
    const content = Buffer.concat([text, Buffer.alloc(1)])
    const own = { name: Buffer.from('././@LongLink'), type, mode: 0, size: content.length }
    return [header(own, 0), content, padding(content.length)]
  }
  return Buffer.concat([...long('K', entry.link), ...long('L', entry.name), header(entry, mtime)])
}

/** The content of an open file, which must be as long as it was when it was opened. */
export function* contentOf(path: string, { descriptor, stats: { size } }: OpenFile): Generator<Buffer> {
  for (let left = size; left > 0; ) {
    const buffer = Buffer.allocUnsafe(Math.min(left, CHUNK))
    const bytes = readSync(descriptor, buffer)
    if (bytes === 0) throw errors.fileUnreadable(path, 'it became shorter meanwhile')
    left -= bytes
    yield buffer.subarray(0, bytes)
  }
}

/** How modes of the host are taken over. */
export const modesOf = (keep: boolean | undefined) => (keep ? modeOf : plainMode)

const SLASH = Buffer.from('/')

function* walk(
  path: Buffer,
  name: Buffer,
  pack: { mode(stats: Stats): number; mtime: number },
): Generator<Buffer> {
  const stats = lstatSync(path)
  const { mtime } = pack
  const mode = pack.mode(stats)
  if (stats.isSymbolicLink()) {
    const link = readlinkSync(path, { encoding: 'buffer' })
    yield entry({ name, type: '2', mode: 0o777, size: 0, link }, mtime)
  } else if (stats.isDirectory()) {
    yield entry({ name: Buffer.concat([name, SLASH]), type: '5', mode, size: 0 }, mtime)
    const names = reading(path, () => readdirSync(path, { encoding: 'buffer' })).sort(Buffer.compare)
    for (const inside of names)
      yield* walk(Buffer.concat([path, SLASH, inside]), Buffer.concat([name, SLASH, inside]), pack)
  } else {
    const file = openRegular(path)
    const { size } = file.stats
    try {
      yield entry({ name, type: '0', mode, size }, mtime)
      yield* contentOf(String(path), file)
      yield padding(size)
    } finally {
      closeSync(file.descriptor)
    }
  }
}

/**
 * A tar archive of a directory as `content`, all of it root's and as new as now, with links as links. Its last entry is
 * `complete`: an archive without it broke off. Throws FILE_UNREADABLE for what is no file, directory or link.
 */
export function* archiveOf(directory: string, keepModes: boolean | undefined): Generator<Buffer> {
  const mtime = Math.floor(Date.now() / 1000)
  yield* walk(Buffer.from(directory), Buffer.from('content'), { mode: modesOf(keepModes), mtime })
  yield entry({ name: Buffer.from('complete'), type: '0', mode: 0o600, size: 0 }, mtime)
  yield Buffer.alloc(2 * BLOCK)
}
