/** struct sock_filter: a jump counts from the next instruction. linux/filter.h. */
export const instruction = (code: number, k: number, ifTrue = 0, otherwise = 0): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(code, 0)
  bytes.writeUInt8(ifTrue, 2)
  bytes.writeUInt8(otherwise, 3)
  bytes.writeUInt32LE(k, 4)
  return bytes
}

/** What classic BPF does with its accumulator and its index register: linux/bpf_common.h. */
export const CODE = {
  loadWord: 0x20,
  loadHalf: 0x28,
  loadByte: 0x30,
  /** At the index register's place. */
  loadHalfIndexed: 0x48,
  loadByteIndexed: 0x50,
  /** Four times the low half of a byte, into the index register: the length of an IPv4 header. */
  indexHeaderLength: 0xb1,
  and: 0x54,
  /** By the whole of k. */
  jump: 0x05,
  jumpIfEqual: 0x15,
  jumpIfGreater: 0x25,
  jumpIfNotLess: 0x35,
  jumpIfAnyBit: 0x45,
  return: 0x06,
}
