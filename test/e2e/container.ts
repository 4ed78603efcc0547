import { readFileSync } from 'node:fs'
import { afterAll } from 'vitest'
import type { StatusDocument } from '../../core/launcher/report/board.ts'
import { command, type Ended, must } from './cli.ts'
import { ENDPOINT, PASSWORD } from './endpoint-image.ts'
import { type Followed, follow } from './followed.ts'
import { podman, podmanEnvironment } from './podman.ts'

const env = podmanEnvironment

/** What joining networks takes. */
export const JOINS = ['--cap-add', 'NET_ADMIN', '--device', '/dev/net/tun']

/** Seconds until a guest answers on a machine that has other work. */
const BOOT = 240

/** How a container is run. */
export interface ContainerOptions {
  /** Options of `podman run`. */
  args?: readonly string[]
  env?: Readonly<Record<string, string>>
  image?: string
}

const containers = new Set<Container>()
afterAll(async () => {
  await Promise.all([...containers].map((container) => container.remove()))
})

/** A container of ours, in the foreground of a podman that is our child: its log and its end come as events. */
export class Container {
  readonly name: string
  #running: Followed

  private constructor(name: string, running: Followed) {
    this.name = name
    this.#running = running
  }

  /** Runs a container; one of the same name, which a killed run of the tests may have left, goes first. */
  static async run(
    name: string,
    { args = [], env: variables = {}, image = ENDPOINT }: ContainerOptions = {},
  ) {
    await must(['podman', 'rm', '--force', '--ignore', '--volumes', '--time', '0', name], { env })
    const settings = Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`])
    const argv = ['podman', 'run', '--name', name, ...settings, ...args, image]
    const container = new Container(name, follow(argv, env))
    containers.add(container)
    return container
  }

  /** Starts it once more after its end, with the same files. */
  restart(): void {
    this.#running = follow(['podman', 'start', '--attach', this.name], env)
  }

  /** Everything it has printed since its last start. */
  get log(): string {
    return this.#running.output
  }

  /** Waits until its log has a match. Throws with the end of the log if it ends before, or after `seconds`. */
  until(pattern: RegExp, seconds = BOOT): Promise<RegExpExecArray> {
    return this.#running.until(pattern, seconds)
  }

  /** Waits until it has told that the guest answers. */
  async ready(): Promise<this> {
    await this.until(/^antidote machine: ready/m)
    return this
  }

  /** Waits for its end and gives the exit status. */
  ended(): Promise<number | null> {
    return this.#running.end
  }

  /** The id of its first process on this host. */
  async pid(): Promise<number> {
    return Number(await this.inspect('{{.State.Pid}}'))
  }

  async inspect(format: string): Promise<string> {
    return (await must(['podman', 'inspect', '--format', format, this.name], { env })).trim()
  }

  /** A command on the container's own serial console. */
  console(): Followed {
    return follow(['podman', 'exec', '--interactive', this.name, 'antidote', 'console'], env)
  }

  /** One of the commands that the container brings. */
  antidote(...argv: string[]): Promise<Ended> {
    return podman('exec', '--env', `ANTIDOTE_PASSWORD=${PASSWORD}`, this.name, 'antidote', ...argv)
  }

  async status(): Promise<StatusDocument> {
    const { stdout, stderr } = await this.antidote('status', '--json')
    if (stdout === '') throw new Error(`${this.name} tells no status: ${stderr}`)
    return JSON.parse(stdout) as StatusDocument
  }

  /** What a script prints in the guest. Throws with what it said if it fails. */
  async guest(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.antidote('ssh', script)
    if (code !== 0) throw new Error(`${script} ended with ${code} in ${this.name}:\n${stdout}\n${stderr}`)
    return stdout.trim()
  }

  /**
   * Three packets of `ping` from the guest, all of which must be answered. One at a time: of several, the last is
   * given two round trips and no more, whatever `-W` says, which on a machine that has other work is too little.
   * Gives what it printed. Throws with it if an answer does not come within 20 s.
   */
  ping(address: string, options = ''): Promise<string> {
    return this.guest(`for n in 1 2 3; do ping -c 1 -W 20 ${options} ${address} || exit; done`)
  }

  /** The processes in it, as this host sees them: `/proc/<pid>/status` by program name. */
  async process(program: string): Promise<{ pid: number; status: Record<string, string> }> {
    const listed = await must(['podman', 'top', this.name, 'hpid', 'comm'], { env })
    const line = listed.split('\n').find((text) => text.trim().split(/\s+/)[1]?.startsWith(program))
    if (!line) throw new Error(`${this.name} runs no ${program}:\n${listed}`)
    const pid = Number(line.trim().split(/\s+/)[0])
    const rows = readFileSync(`/proc/${pid}/status`, 'utf8').trim().split('\n')
    const status = Object.fromEntries(rows.map((row) => row.split(/:\s*/) as [string, string]))
    return { pid, status }
  }

  /** Asks it to end, as `podman stop` does; after `seconds` it is killed. Gives the exit status. */
  async stop(seconds = 90): Promise<number | null> {
    await must(['podman', 'stop', '--time', String(seconds), this.name], { env })
    return this.ended()
  }

  async remove(): Promise<void> {
    containers.delete(this)
    await command(['podman', 'rm', '--force', '--ignore', '--volumes', '--time', '0', this.name], { env })
    await this.#running.end
  }
}
