import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { command, type Ended, must } from './cli.ts'

/** Settings for hosts with small limits; harmless elsewhere. */
const directory = mkdtempSync(join(tmpdir(), 'antidote-podman-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const conf = join(directory, 'containers.conf')
writeFileSync(
  conf,
  '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n[engine]\nruntime = "runc"\n',
)

/** The environment in which podman, and whoever calls it, runs in these tests. */
export const podmanEnvironment: NodeJS.ProcessEnv = { ...process.env, CONTAINERS_CONF: conf }

export const podman = (...args: string[]): Promise<Ended> =>
  command(['podman', ...args], { env: podmanEnvironment })

/** Removes a container, running or not, and its image where one is named. */
export const removeContainer = async (name: string, image?: string): Promise<void> => {
  await must(['podman', 'rm', '--force', '--ignore', '--time', '0', '--volumes', name], {
    env: podmanEnvironment,
  })
  if (image) await must(['podman', 'rmi', '--force', '--ignore', image], { env: podmanEnvironment })
}
