import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { errors } from '../../base/errors/catalogue.ts'
import { type MachineSpec, SSH } from '../../base/model/machine-spec.ts'
import type { Forward } from '../qemu/instance.ts'
import type { Qmp } from '../qemu/qmp.ts'
import { portHolder } from './port-holder.ts'

/** A wish for a port of the host; without a host port any free one will do. */
export interface PortWish {
  port: number
  protocol: 'tcp' | 'udp'
  /** An address of this host; 127.0.0.1 if left out. */
  host?: string
  hostPort?: number
}

const probe = async ({ host, hostPort, protocol }: Forward): Promise<string | undefined> => {
  if (protocol === 'udp') {
    const socket = createSocket('udp4')
    try {
      socket.bind(hostPort, host)
      await once(socket, 'listening')
      socket.close()
      return undefined
    } catch (error) {
      socket.close()
      return (error as NodeJS.ErrnoException).code
    }
  }
  const server = createServer()
  try {
    server.listen({ port: hostPort, host, exclusive: true })
    await once(server, 'listening')
    server.close()
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}

/** Makes sure that a port of this host can be used. Throws PORT_TAKEN, with who has it where that can be known, and PORT_UNUSABLE. */
export const requirePort = async (forward: Forward): Promise<void> => {
  const problem = await probe(forward)
  if (problem === 'EADDRINUSE') throw errors.portTaken(forward.host, forward.hostPort, portHolder(forward))
  if (problem) throw errors.portUnusable(forward.host, forward.hostPort, problem)
}

/**
 * The forwards of a machine: its own ports, SSH and what shows that it is ready, those in `wishes` on the host ports asked for, the
 * others on any free one. Throws what `requirePort` throws.
 */
export const chooseForwards = async (spec: MachineSpec, wishes: readonly PortWish[]): Promise<Forward[]> => {
  const wanted: PortWish[] = [
    { port: SSH.port, protocol: 'tcp' },
    { port: spec.ready.port, protocol: 'tcp' },
    ...spec.ports,
    ...wishes,
  ]
  const chosen = new Map<string, Forward>()
  for (const { port, protocol, host = '127.0.0.1', hostPort = 0 } of wanted) {
    chosen.set(`${protocol}/${port}`, { port, protocol, host, hostPort })
  }
  const forwards = [...chosen.values()]
  for (const forward of forwards.filter(({ hostPort }) => hostPort !== 0)) await requirePort(forward)
  return forwards
}

/**
 * The forwards with the host ports that QEMU chose, from its `info usernet`: lines such as
 * `TCP[HOST_FORWARD]  13       127.0.0.1 43717       10.0.0.15    22  0  0`.
 */
export const boundForwards = async (qmp: Qmp, forwards: readonly Forward[]): Promise<Forward[]> => {
  const text = String(await qmp.execute('human-monitor-command', { 'command-line': 'info usernet' }))
  const bound = [...text.matchAll(/^\s*(TCP|UDP)\[HOST_FORWARD\]\s+\d+\s+\S+\s+(\d+)\s+\S+\s+(\d+)/gm)]
  return forwards.map((forward) => {
    const line = bound.find(
      ([, protocol, , port]) => protocol!.toLowerCase() === forward.protocol && Number(port) === forward.port,
    )
    if (!line) throw errors.qmpFailed('info usernet', `no forward to port ${forward.port}`)
    return { ...forward, hostPort: Number(line[2]) }
  })
}
