import { command, type Ended } from './cli.ts'

/** Runs a command over SSH with the client that people use, logged in by password. */
export const ssh = (
  port: number,
  remote: string,
  password = 'antidotepassword',
  user = 'antidote',
  host = '127.0.0.1',
): Promise<Ended> =>
  command(
    [
      'sshpass',
      '-e',
      'ssh',
      '-p',
      String(port),
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      '-o',
      'LogLevel=ERROR',
      '-o',
      'PreferredAuthentications=password',
      '-o',
      'ConnectTimeout=20',
      `${user}@${host}`,
      remote,
    ],
    { env: { ...process.env, SSHPASS: password } },
  )
