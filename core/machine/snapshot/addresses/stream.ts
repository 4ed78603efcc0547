/** A page of guest memory that is not as in the memory's file. */
export interface Page {
  /** Where it is in the block of memory. */
  offset: number
  data: Buffer
}

/** Bytes of a page of an x86 guest, TARGET_PAGE_SIZE. */
export const PAGE = 4096

/** Flags beside an offset in the section "ram": QEMU, migration/ram.c. */
const FLAG = { sizes: 0x04n, page: 0x08n }

/** The section's start: its name, instance 0, version 4. */
const RAM = Buffer.concat([Buffer.from('\x03ram'), Buffer.from([0, 0, 0, 0, 0, 0, 0, 4])])
const SECTION_START = 0x01

/**
 * Where pages may be put into a device state that was saved with x-ignore-shared: after the list of memory blocks, with
 * which the section "ram" begins. Undefined where the bytes are no such state, or have no block of that name and size.
 */
export const endOfBlocks = (state: Buffer, block: string, size: number): number | undefined => {
  const start = state.subarray(0, 65_536).indexOf(RAM)
  if (state.toString('latin1', 0, 4) !== 'QEVM' || start < 5 || state[start - 5] !== SECTION_START)
    return undefined
  let at = start + RAM.length
  const read = () => {
    at += 8
    return state.readBigUInt64BE(at - 8)
  }
  try {
    const head = read()
    if ((head & FLAG.sizes) === 0n) return undefined
    let left = head & ~0xfffn
    let found = false
    while (left > 0n) {
      const length = state.readUInt8(at)
      const name = state.toString('latin1', at + 1, at + 1 + length)
      at += 1 + length
      const bytes = read()
      // its address in the guest, which x-ignore-shared adds
      read()
      if (name === block && bytes === BigInt(size)) found = true
      left -= bytes
    }
    return found && left === 0n ? at : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** The device state with pages of memory put in at `at`: QEMU loads them over what the memory's file holds. */
export const withPages = (state: Buffer, at: number, block: string, pages: readonly Page[]): Buffer[] => {
  const name = Buffer.concat([Buffer.from([block.length]), Buffer.from(block, 'latin1')])
  const records = pages.flatMap(({ offset, data }) => {
    const head = Buffer.alloc(8)
    head.writeBigUInt64BE(BigInt(offset) | FLAG.page)
    return [head, name, data]
  })
  return [state.subarray(0, at), ...records, state.subarray(at)]
}
