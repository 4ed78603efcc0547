import { errors } from '../../errors/catalogue.ts'
import { isAntidoteError } from '../../errors/error.ts'

/** DISK_DAMAGED in the place of a command that failed over a file, with what it said last; any other error as it is. */
export const damaged = (name: string, error: unknown, path?: string): unknown => {
  if (!isAntidoteError(error) || error.code !== 'COMMAND_FAILED') return error
  const lines = error.details.lines ?? []
  const told = lines.filter((line) => !/^tar: (Error is not recoverable|\d+$)/.test(line)).at(-1)
  const reason = (told ?? error.message).replace(
    /^(?:\S*(?:xz|gzip|zstd|tar|qemu-img)\S*: )?(?:\(?stdin\)? ?: )?/,
    '',
  )
  return errors.diskDamaged(name, path === undefined ? reason : reason.replaceAll(path, name), lines)
}
