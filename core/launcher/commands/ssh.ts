import { errors } from '../../base/errors/catalogue.ts'
import { type MachineSpec, SSH } from '../../base/model/machine-spec.ts'
import { passOn } from '../../base/text/printable.ts'
import { anyHostKey, type HostKeys, hostKeyWith } from '../../machine/host-keys/host-keys.ts'
import { ANSWERED_BEFORE, waitForSsh } from '../../machine/ssh/answer.ts'
import type { SshConnection } from '../../machine/ssh/ssh.ts'
import { joinShell } from '../../machine/ssh/terminal.ts'
import { readMachine } from '../container/machine-file.ts'
import { type StatusDocument, stateLine } from '../report/board.ts'
import { askStatus, controlSocket, type Environment } from './control-client.ts'
import { findPassword } from './password.ts'
import type { Surroundings } from './surroundings.ts'

/** Where the container reaches the guest's SSH: by a forward, or at the guest's own address. Throws SSH_PORT_MISSING. */
const placeOf = ({ ready, name }: MachineSpec, { management }: StatusDocument) => {
  const wanted = ready.kind === 'ssh' ? ready.port : SSH.port
  const found = management.ports.find(({ port, protocol }) => port === wanted && protocol === 'tcp')
  if (!found && management.address) return { host: management.address, port: wanted }
  if (!found) throw errors.sshPortMissing(name)
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(found.at)!
  return { host: host === '0.0.0.0' ? '127.0.0.1' : host!, port: Number(port) }
}

/** The key that the guest had when it became ready, and any before that, or where the environment says so. */
const keysOf = ({ hostKey }: StatusDocument, env: Environment): HostKeys =>
  hostKey === undefined || env.ANTIDOTE_HOST_KEYS === 'any' ? anyHostKey : hostKeyWith(hostKey)

/** Runs a command line of the guest's shell with our standard input and output; gives its exit status. */
const runCommand = async (connection: SshConnection, line: string): Promise<number> => {
  const to = { stdout: passOn(process.stdout), stderr: passOn(process.stderr) }
  const { code } = await connection.exec(line, {
    input: process.stdin,
    onData: (chunk, from) => to[from](chunk),
  })
  return code ?? 1
}

/** A login shell in the guest, or a line for it: the words with spaces between them, as ssh(1) has it. */
export default async (
  given: readonly string[],
  env: Environment,
  { machineFile, patience }: Surroundings,
): Promise<number> => {
  const line = (given[0] === '--' ? given.slice(1) : given).join(' ')
  if (line === '' && !process.stdin.isTTY) throw errors.terminalMissing('ssh')
  const spec = await readMachine(machineFile)
  const status = await askStatus(controlSocket(env))
  const place = placeOf(spec, status)
  const { user } = spec.login
  const password = await findPassword(user, env)
  const late = AbortSignal.timeout(patience * 1000)
  const least = status.state === 'ready' ? ANSWERED_BEFORE : undefined
  const target = { ...place, user, password, hostKeys: keysOf(status, env) }
  const connection = await waitForSsh(target, { refused: false, banner: false }, late, least)
  if (!connection) throw errors.sshSilent(`${place.host}:${place.port}`, patience, stateLine(status))
  try {
    if (line !== '') return await runCommand(connection, line)
    return await joinShell((terminal) => connection.shell(terminal))
  } finally {
    connection.close()
    process.stdin.destroy()
  }
}
