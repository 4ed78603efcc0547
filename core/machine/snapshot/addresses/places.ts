import { open } from 'node:fs/promises'
import { type FormName, formsIn, macBytes } from './forms.ts'

/** Where a saved machine holds an address: the file's offset, the NIC's slot, and how the address stands there. */
export type Place = readonly [at: number, slot: number, form: FormName]

const CHUNK = 1 << 20

/** More than the longest form, so that nothing is missed between two chunks. */
const OVERLAP = 32

/** Every place of every address in a buffer, in order. */
export const findPlaces = (data: Buffer, macs: readonly string[], where: 'ram' | 'state'): Place[] => {
  const found: Place[] = []
  for (const [slot, mac] of macs.entries()) {
    for (const [form, { bytes }] of formsIn(where)) {
      const needle = bytes(macBytes(mac))
      for (let at = data.indexOf(needle); at >= 0; at = data.indexOf(needle, at + 1))
        found.push([at, slot, form])
    }
  }
  return found.sort(([a], [b]) => a - b)
}

/** The same for a file of any size; what is all zeros costs little. */
export const findPlacesInFile = async (
  path: string,
  macs: readonly string[],
  signal?: AbortSignal,
): Promise<Place[]> => {
  const found: Place[] = []
  const chunk = Buffer.alloc(CHUNK + OVERLAP)
  const zeros = Buffer.alloc(CHUNK + OVERLAP)
  const file = await open(path)
  try {
    for (let from = 0; ; from += CHUNK) {
      signal?.throwIfAborted()
      const { bytesRead } = await file.read(chunk, 0, chunk.length, from)
      if (bytesRead === 0) return found
      const data = chunk.subarray(0, bytesRead)
      if (data.equals(zeros.subarray(0, bytesRead))) continue
      // what begins in the overlap is the next chunk's
      for (const [at, slot, form] of findPlaces(data, macs, 'ram'))
        if (at < CHUNK) found.push([from + at, slot, form])
    }
  } finally {
    await file.close()
  }
}
