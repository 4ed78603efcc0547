import { type Disk, reveal, type Secret, type Step, serial, type Unkeyed } from 'antidote'
import { configure, PROMPT } from './console.ts'
import type { Resolved } from './options.ts'
import { ADDRESSES, passwordStatements, statements, type Wanted } from './statements.ts'

/**
 * The hash of a password as every release takes it: MD5 is Junos' own default up to 13.2 ("format (edit system login
 * password)"), and later ones still read it.
 */
const hashOf = async (step: Step, password: string | Secret): Promise<string> => {
  const { stdout } = await step.run(['openssl', 'passwd', '-1', '-stdin'], {
    input: `${reveal(password)}\n`,
    onLine: () => {},
  })
  return stdout.trim()
}

/** Logs in on the console and sets up the way in: SSH, NETCONF, the super-user and the management address. */
export const access = async (
  disk: Disk,
  step: Step,
  { credentials, password, deadline }: Resolved,
  wanted: Wanted,
): Promise<Unkeyed<Disk>> => {
  const hash = await hashOf(step, password)
  for (const value of [password, credentials.password, hash]) step.mask(value)
  return step.boot(disk, async ({ serial: console }) => {
    await serial.login(console, { ...credentials, prompt: PROMPT, deadline })
    // the prompt was taken with the login
    await console.send('\r')
    const states = configure(statements(wanted), passwordStatements(wanted, hash), deadline)
    await console.converse(states, { from: 'inside', to: 'done', deadline: deadline * 2 })
    step.log.info(`committed: SSH, NETCONF, ${wanted.user} as super-user, em0 with ${ADDRESSES.em0}`)
  })
}
