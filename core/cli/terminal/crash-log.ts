import { existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../../base/errors/error.ts'
import { randomName } from '../../base/files/digest.ts'
import { loggable } from '../../base/text/printable.ts'
import { storeDirectory } from '../../store/read.ts'

/** Keeps where in the code a mistake of ours was made, in a file that nobody else reads. Gives its path, if it could be written. */
export const crashLog = (cause: unknown): string | undefined => {
  try {
    const logs = join(storeDirectory(), 'logs')
    const file = join(existsSync(logs) ? logs : tmpdir(), `antidote-error-${randomName()}.log`)
    const stack = cause instanceof Error && cause.stack ? cause.stack : messageOf(cause)
    writeFileSync(file, `${new Date().toISOString()} antidote: ${loggable(stack)}\n`, {
      flag: 'wx',
      mode: 0o600,
    })
    return file
  } catch {
    return undefined
  }
}
