import { errors } from '../../../base/errors/catalogue.ts'
import { isAntidoteError } from '../../../base/errors/error.ts'

/** DISK_DAMAGED with what a command said last of a file; `otherwise` stands where it said nothing. */
export const damagedBy = (
  name: string,
  lines: string[],
  otherwise: string,
  path?: string,
): ReturnType<typeof errors.diskDamaged> => {
  const told = lines.filter((line) => !/^tar: (Error is not recoverable|\d+$)/.test(line)).at(-1)
  const reason = (told ?? otherwise).replace(
    /^(?:\S*(?:xz|gzip|zstd|tar|qemu-img)\S*: )?(?:\(?stdin\)? ?: )?/,
    '',
  )
  return errors.diskDamaged(name, path === undefined ? reason : reason.replaceAll(path, name), lines)
}

/** DISK_DAMAGED instead of the failure of a command over a file; any other error as it is. */
export const damaged = (name: string, error: unknown, path?: string): unknown =>
  isAntidoteError(error) && error.code === 'COMMAND_FAILED'
    ? damagedBy(name, error.details.lines ?? [], error.message, path)
    : error
