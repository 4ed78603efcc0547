import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from './cli.ts'
import { freePort } from './free-port.ts'

/** A registry of Debian's own package on loopback, its images in a directory. */
export interface Registry {
  address: string
  stop(): Promise<void>
}

/** `more` are further settings of the registry's http section and of its others, in YAML. */
export const startRegistry = async (
  directory: string,
  more: { http?: string; others?: string } = {},
): Promise<Registry> => {
  const address = `127.0.0.1:${await freePort()}`
  const config = join(directory, 'registry.yml')
  writeFileSync(
    config,
    `version: 0.1
log: { level: info }
storage: { filesystem: { rootdirectory: ${join(directory, 'registry')} } }
http: { addr: ${address}${more.http ? `, ${more.http}` : ''} }
${more.others ?? ''}
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
