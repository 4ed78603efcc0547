import { errors } from '../errors/catalogue.ts'
import { MachineGuest } from '../guest/machine.ts'
import { waitForSsh } from '../machine/answer.ts'
import type { SshConnection } from '../machine/ssh.ts'
import { specifyMachine } from './boot.ts'
import type { Build } from './build.ts'
import type { Endpoint } from './endpoint.ts'

/** Milliseconds in which a running endpoint must answer. */
const DEADLINE = 60_000

/** Runs the configure stage on a running endpoint. Gives how many taps there were. Throws ENDPOINT_SILENT. */
export const configureEndpoint = async (build: Build, host: string, port: number): Promise<number> => {
  const { login, name } = await specifyMachine(build)
  const toolbox = await build.maker.toolbox()
  const over = AbortSignal.any([build.options.signal, AbortSignal.timeout(DEADLINE)])
  const connect = async (): Promise<SshConnection> => {
    const connection = await waitForSsh({ host, port, ...login }, { refused: false, banner: false }, over)
    build.options.signal.throwIfAborted()
    if (!connection) throw errors.endpointSilent(`${host}:${port}`, DEADLINE / 1000)
    return connection
  }
  let current = await connect()
  const guest = new MachineGuest({
    user: login.user,
    tools: toolbox,
    connect: async () => {
      if (!current.open) current = await connect()
      return current
    },
    explain: async (error) => error,
  })
  try {
    await current.ready
    await build.stage('configure', { name, guest } satisfies Endpoint)
    return build.plan.configure.length
  } finally {
    current.close()
  }
}
