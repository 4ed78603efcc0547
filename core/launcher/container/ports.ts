import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { type MachineSpec, SSH } from '../../base/model/machine-spec.ts'
import type { PortWish } from '../../machine/host/forwards.ts'

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
 * 20000 higher where a container without CAP_NET_BIND_SERVICE may not use that. What shows that the guest is ready
 * is reached on loopback at least.
 */
export const containerPorts = async (spec: MachineSpec): Promise<Required<PortWish>[]> => {
  const published = [{ port: SSH.port, protocol: 'tcp' as const }, ...spec.ports]
  const wanted = new Map<string, { port: number; protocol: 'tcp' | 'udp'; host: string }>()
  wanted.set(`tcp/${spec.ready.port}`, { port: spec.ready.port, protocol: 'tcp', host: '127.0.0.1' })
  for (const { port, protocol } of published)
    wanted.set(`${protocol}/${port}`, { port, protocol, host: '0.0.0.0' })
  return Promise.all(
    [...wanted.values()].map(async (wish) => ({
      ...wish,
      hostPort: (await allowed(wish.port)) ? wish.port : wish.port + HIGH,
    })),
  )
}

/** Whether a process without capabilities may not listen on one of the ports: ip_unprivileged_port_start, ip(7). */
export const needsBind = async (ports: readonly { hostPort: number }[]): Promise<boolean> => {
  const text = await readFile('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8').catch(() => '1024')
  return ports.some(({ hostPort }) => hostPort < Number(text))
}
