import { once } from 'node:events'
import { createServer } from 'node:net'
import { type PortWish, SSH_PORT } from '../machine/forwards.ts'
import type { MachineSpec } from '../machine/spec.ts'

/** Where a port goes that the container may not listen on. */
const HIGH = 20_000

/** Whether this process may listen on a port; a port that is taken is not the question here. */
const allowed = async (port: number): Promise<boolean> => {
  const server = createServer()
  server.listen({ port, host: '0.0.0.0', exclusive: true })
  try {
    await once(server, 'listening')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EACCES'
  }
  server.close()
  await once(server, 'close')
  return true
}

/**
 * Every port of the machine on all addresses of the container, SSH always among them: under its own number, or
 * 20000 higher where a container without CAP_NET_BIND_SERVICE may not use that.
 */
export const containerPorts = async (spec: MachineSpec): Promise<Required<PortWish>[]> => {
  const others = spec.ports.filter(({ port, protocol }) => port !== SSH_PORT || protocol !== 'tcp')
  return Promise.all(
    [{ port: SSH_PORT, protocol: 'tcp' as const }, ...others].map(async ({ port, protocol }) => ({
      port,
      protocol,
      host: '0.0.0.0',
      hostPort: (await allowed(port)) ? port : port + HIGH,
    })),
  )
}
