import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, type Ended, launch, must } from './cli.ts'

/** Docker's daemon of one test: its socket, its data and its network are its own, and go with it. */
export interface Dockerd {
  /** The environment in which docker, and whoever calls it, reaches it. */
  env: NodeJS.ProcessEnv
  docker(...args: string[]): Promise<Ended>
  /** The same; throws with what it printed if it fails. */
  must(...args: string[]): Promise<string>
  /** What goes before a command that is to be in the daemon's network. */
  inside: string[]
  stop(): Promise<void>
}

let count = 0

/** Starts a daemon in a network namespace, where it may make bridges and rules as it likes. */
export const startDockerd = async (): Promise<Dockerd> => {
  const directory = mkdtempSync(join(tmpdir(), 'antidote-dockerd-'))
  const namespace = `antidote-dockerd-${process.pid}-${count++}`
  const inside = ['nsenter', `--net=/run/netns/${namespace}`]
  const env = { ...process.env, DOCKER_HOST: `unix://${directory}/docker.sock` }
  await must(['ip', 'netns', 'add', namespace])
  await must(['ip', '-n', namespace, 'link', 'set', 'lo', 'up'])
  const daemon = launch([
    // `ip netns exec` would take the cgroups away with /sys
    ...inside,
    ...['dockerd', '--host', env.DOCKER_HOST, '--bip', '10.213.0.1/24'],
    ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'run')],
    ...['--pidfile', join(directory, 'pid')],
  ])
  const stop = async () => {
    daemon.child.kill('SIGTERM')
    await daemon.end
    await must(['ip', 'netns', 'del', namespace])
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await daemon.until(/API listen on/)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    env,
    inside,
    stop,
    docker: (...args) => command(['docker', ...args], { env }),
    must: (...args) => must(['docker', ...args], { env }),
  }
}
