import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Followed, follow } from '../e2e/followed.ts'
import { json, output } from './measure.ts'

/** What `publish` tells of an image. */
export interface Published {
  layers: { role: string; digest: string; bytes: number }[]
}

/** Containers of one measurement. */
export class Podman {
  readonly env: NodeJS.ProcessEnv
  readonly #tags: string[] = []
  readonly #names = new Set<string>()

  /** Settings for hosts with small limits go into the directory; they are harmless elsewhere. */
  constructor(work: string) {
    const conf = join(work, 'containers.conf')
    writeFileSync(
      conf,
      '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n[engine]\nruntime = "runc"\n',
    )
    this.env = { ...process.env, CONTAINERS_CONF: conf }
  }

  /** Builds an image and loads it. */
  load(directory: string, tag: string): Published {
    this.#tags.push(tag)
    return json<Published>(['-C', directory, 'publish', '--no-test', '--load', '--tag', tag], this.env)
  }

  /** Runs a container in the foreground. */
  run(name: string, ...argv: string[]): Followed {
    this.remove(name)
    this.#names.add(name)
    return follow(['podman', 'run', '--name', name, ...argv], this.env)
  }

  /** The host's number of a container's process, by the beginning of its program's name. */
  process(name: string, program: string): number {
    const listed = this.#output('top', name, 'hpid', 'comm')
    const row = listed.split('\n').find((text) => text.trim().split(/\s+/)[1]?.startsWith(program))
    if (!row) throw new Error(`${name} runs no ${program}:\n${listed}`)
    return Number(row.trim().split(/\s+/)[0])
  }

  /** The words with which QEMU was started in a container, its name not among them. */
  qemuArguments(name: string): string[] {
    const words = readFileSync(`/proc/${this.process(name, 'qemu-system')}/cmdline`, 'utf8').split('\0')
    return words.slice(1, -1)
  }

  remove(name: string): void {
    this.#output('rm', '--force', '--ignore', '--volumes', '--time', '0', name)
    this.#names.delete(name)
  }

  removeAll(): void {
    for (const name of this.#names) this.remove(name)
  }

  /** Leaves nothing, no image either. */
  clean(): void {
    this.removeAll()
    if (this.#tags.length > 0) this.#output('rmi', '--force', '--ignore', ...this.#tags)
  }

  #output(...args: string[]): string {
    return output(['podman', ...args], { env: this.env })
  }
}

/** Ends of a line for datagrams, instead of those that the launcher gives. */
const LINE = ['local', 'remote'] as const
const PATHS = { 10: ['/tmp/near', '/tmp/far'], 11: ['/tmp/far', '/tmp/near'] } as const

/**
 * QEMU's words with its control and its console somewhere else than on the launcher's sockets, and with a line of its own
 * to its user network.
 */
export const withChannels = (
  argv: readonly string[],
  channels: { control: string; console: string; channel: string },
) =>
  argv.map((word) => {
    const [, id] = /^socket,id=(control|console|channel),/.exec(word) ?? []
    if (id) return `${channels[id as keyof typeof channels]},id=${id}`
    return word.replace(/local\.type=fd,local\.str=(10|11)$/, (_, descriptor: '10' | '11') =>
      LINE.map((end, at) => `${end}.type=unix,${end}.path=${PATHS[descriptor][at]}`).join(),
    )
  })
