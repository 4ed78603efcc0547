import { sha256 } from '../../../base/files/digest.ts'

/** Bytes that stand too often in memory to tell anything. */
const COMMON = ['00', 'ff', '01', '20']

/**
 * The MAC addresses with which a machine is saved, in slot order. They come from the snapshot's key, so the same
 * build searches for the same bytes; each is unlike the others and unlike what usually stands in memory.
 */
export const sentinelMacs = (key: string, count: number): string[] => {
  const macs: string[] = []
  for (let turn = 0; macs.length < count; turn++) {
    const bytes = sha256(`antidote sentinel\0${key}\0${turn}`).slice(0, 6).match(/../g)!
    const plain = bytes.some((byte) => COMMON.includes(byte)) || new Set(bytes).size < 3
    const mac = `52:54:00:${bytes.join(':')}`
    if (!plain && !macs.includes(mac)) macs.push(mac)
  }
  return macs
}
