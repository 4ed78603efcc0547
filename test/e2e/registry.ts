import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { launch } from './cli.ts'

/** A registry of Debian's own package on loopback, its images in a directory. */
export interface Registry {
  address: string
  stop(): Promise<void>
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export const startRegistry = async (directory: string): Promise<Registry> => {
  const address = `127.0.0.1:${await freePort()}`
  const config = join(directory, 'registry.yml')
  writeFileSync(
    config,
    `version: 0.1
log: { level: info }
storage: { filesystem: { rootdirectory: ${join(directory, 'registry')} } }
http: { addr: ${address} }
`,
  )
  const running = launch(['docker-registry', 'serve', config])
  await running.until(/listening on/)
  return {
    address,
    stop: async () => {
      running.child.kill('SIGTERM')
      await running.end
    },
  }
}
