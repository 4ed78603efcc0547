/** A serial line as bytes: the console of a machine, or any socket. */
export interface SerialLine {
  write(data: string | Uint8Array): unknown
  on(event: 'data', listener: (chunk: Buffer) => void): unknown
  on(event: 'close', listener: () => void): unknown
  off(event: 'data', listener: (chunk: Buffer) => void): unknown
  off(event: 'close', listener: () => void): unknown
}
