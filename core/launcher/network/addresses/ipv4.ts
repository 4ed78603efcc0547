/** An IPv4 address as a number. */
export const toNumber = (address: string): number =>
  address.split('.').reduce((number, byte) => number * 256 + Number(byte), 0)

export const toAddress = (number: number): string =>
  [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')

/** An address as tc's u32 takes it. */
export const hexOf = (address: string): string => `0x${toNumber(address).toString(16).padStart(8, '0')}`

export const maskOf = (prefix: number): string =>
  toAddress(prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0)

const networkOf = (address: string, prefix: number): number =>
  Math.floor(toNumber(address) / 2 ** (32 - prefix)) * 2 ** (32 - prefix)

export const inSubnet = (address: string, of: string, prefix: number): boolean =>
  networkOf(address, prefix) === networkOf(of, prefix)

/** The highest host address of a subnet that is none of those taken. The subnet must have room for one more. */
export const highestFree = (of: string, prefix: number, taken: readonly string[]): string => {
  const broadcast = networkOf(of, prefix) + 2 ** (32 - prefix) - 1
  let number = broadcast - 1
  while (taken.includes(toAddress(number))) number--
  return toAddress(number)
}
