import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Logger } from '../../../base/model/logger.ts'
import { formatBytes } from '../../../base/text/bytes.ts'

/** Less is done before anybody has read how far it is, in bytes. */
const SMALL = 64 * 1024 * 1024

/** Tells every tenth of something large: "disk.vmdk.xz: 30 % of 1.2 GB unpacked". */
export const tenths = (log: Logger, what: string, done: string, total: number): ((bytes: number) => void) => {
  let told = 0
  return (bytes) => {
    const percent = total > 0 ? Math.floor((bytes / total) * 10) * 10 : 0
    if (total < SMALL || percent <= told) return
    told = percent
    log.info(`${what}: ${percent} % of ${formatBytes(total)} ${done}`)
  }
}

/** A file as a stream that tells how much of it was read. */
export const readTelling = async (
  log: Logger,
  path: string,
  what: string,
  done: string,
): Promise<Readable> => {
  const tell = tenths(log, what, done, (await stat(path)).size)
  const read = async function* () {
    let bytes = 0
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      bytes += (chunk as Buffer).length
      tell(bytes)
      yield chunk
    }
  }
  return Readable.from(read())
}
