const RETURNS: Record<number, string> = { 2147418112: 'allowed', 327680: 'done', 327681: 'not permitted' }

export const X86_64 = 0xc000003e
export const I386 = 0x40000003

/** What the kernel would do: classic BPF over a struct seccomp_data. */
export const judge = (filter: Buffer, number: number, architecture = X86_64, argument = 0n): string => {
  const data = Buffer.alloc(64)
  data.writeUInt32LE(number, 0)
  data.writeUInt32LE(architecture, 4)
  data.writeBigUInt64LE(argument, 24)
  let word = 0
  for (let at = 0; at < filter.length; at += 8) {
    const [code, k] = [filter.readUInt16LE(at), filter.readUInt32LE(at + 4)]
    if (code === 0x20) word = data.readUInt32LE(k)
    else if (code === 0x15) at += 8 * filter.readUInt8(word === k ? at + 2 : at + 3)
    else if (code === 0x06) return RETURNS[k] ?? `returns ${k}`
    else throw new Error(`unknown code ${code}`)
  }
  throw new Error('runs off its end')
}
