import { requirePort } from '../../machine/host/forwards.ts'
import type { Check } from './preflight.ts'

/** A TCP port of 127.0.0.1 that a machine is to answer at: it is free. */
export const freePort =
  (hostPort: number): Check =>
  async () => {
    await requirePort({ port: hostPort, protocol: 'tcp', host: '127.0.0.1', hostPort })
    return []
  }
