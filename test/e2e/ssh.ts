import { command, type Ended } from './cli.ts'

/** Where a command is run over SSH, and as whom. */
interface Target {
  password?: string
  user?: string
  host?: string
  /** What goes before the command, such as what enters a namespace. */
  through?: readonly string[]
}

const options = [
  'StrictHostKeyChecking=no',
  'UserKnownHostsFile=/dev/null',
  'LogLevel=ERROR',
  'PreferredAuthentications=password',
  'ConnectTimeout=20',
].flatMap((option) => ['-o', option])

/** Runs a command over SSH with the client that people use, logged in by password. */
export const sshAt = (
  port: number,
  remote: string,
  { password = 'antidotepassword', user = 'antidote', host = '127.0.0.1', through = [] }: Target = {},
): Promise<Ended> =>
  command([...through, 'sshpass', '-e', 'ssh', '-p', String(port), ...options, `${user}@${host}`, remote], {
    env: { ...process.env, SSHPASS: password },
  })

/** The same, with what is named most in a row. */
export const ssh = (
  port: number,
  remote: string,
  password?: string,
  user?: string,
  host?: string,
): Promise<Ended> =>
  sshAt(port, remote, {
    ...(password !== undefined && { password }),
    ...(user !== undefined && { user }),
    ...(host !== undefined && { host }),
  })
