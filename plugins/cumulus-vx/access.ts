import { type Dialogue, type Disk, reveal, type Secret, type Step, serial, type Unkeyed } from 'antidote'
import { consoleCommands, type Wanted } from './commands.ts'
import { elevate, identify, leave, PROMPT, runAll, setPasswords } from './console.ts'
import type { Resolved } from './options.ts'

/**
 * What the password becomes where the first login wants a new one, until it is set by its hash: of all the kinds of
 * characters that "Password Security" of 5.10 asks for.
 */
export const FIRST = 'First-login-1-of-2'

const hashOf = async (step: Step, password: string | Secret): Promise<string> => {
  const { stdout } = await step.run(['openssl', 'passwd', '-6', '-stdin'], {
    input: `${reveal(password)}\n`,
    onLine: () => {},
  })
  return stdout.trim()
}

/** From the login prompt of the vendor's disk to the user who comes in over SSH, and out again. */
export const setUp = async (
  console: Dialogue,
  { credentials, deadline }: Pick<Resolved, 'credentials' | 'deadline'>,
  wanted: Wanted,
  hash: string,
): Promise<void> => {
  await serial.login(console, { ...credentials, newPassword: FIRST, prompt: PROMPT, deadline })
  await identify(console, wanted.release)
  await elevate(console, credentials.user, [FIRST, credentials.password])
  await runAll(console, consoleCommands(wanted, credentials.user))
  await setPasswords(console, [wanted.user, credentials.user], hash)
  await leave(console)
}

/** Logs in on the console, with a new password where that is wanted, and makes the user. */
export const access = async (
  disk: Disk,
  step: Step,
  options: Resolved,
  wanted: Wanted,
): Promise<Unkeyed<Disk>> => {
  const hash = await hashOf(step, options.password)
  for (const value of [options.password, hash, FIRST]) step.mask(value)
  // the vendor's own is no secret, and a word of every message
  if (options.credentials.password !== wanted.release.password) step.mask(options.credentials.password)
  return step.boot(disk, async ({ serial: console }) => {
    await setUp(console, options, wanted, hash)
    step.log.info(`${wanted.user} is in sudo, ${wanted.release.groups.join(', ')}`)
  })
}
