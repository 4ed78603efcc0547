import { basename } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError } from '../../base/errors/error.ts'
import { randomName } from '../../base/files/digest.ts'
import type { ExecOptions, Guest } from '../../machine/guest/guest.ts'
import { scriptHint } from '../../machine/guest/script-hint.ts'

/**
 * Runs a script of the host in the guest, as the image's own user: `test.sh`.
 * Throws SCRIPT_FAILED with its exit status and its last lines.
 */
export const runScript = async (
  guest: Guest,
  script: string,
  options: Pick<ExecOptions, 'env' | 'onLine' | 'timeout'> = {},
): Promise<void> => {
  const directory = `/tmp/antidote-${randomName()}`
  const there = `${directory}/${basename(script)}`
  const lines: string[] = []
  await guest.upload(script, there, { mode: 0o755 })
  try {
    const { code } = await guest.exec([there], {
      ...options,
      allowFailure: true,
      endOnly: true,
      mayRestart: true,
      onLine: (line) => {
        options.onLine?.(line)
        if (line.trim() !== '') lines.push(line)
        if (lines.length > 15) lines.shift()
      },
    })
    if (code !== 0)
      throw errors.scriptFailed(basename(script), code, lines, await scriptHint(guest, script, code))
  } catch (error) {
    // what it said last helps whatever ended it
    if (isAntidoteError(error) && !error.details.lines?.length) error.details.lines = lines
    throw error
  } finally {
    // a guest that is gone keeps nothing
    await guest
      .exec(['rm', '-rf', '--', directory], { root: true, allowFailure: true })
      .catch((error: unknown) => error)
  }
}
