import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Disk } from '../../../core/base/model/artifact.ts'
import type { MachineSpec } from '../../../core/base/model/machine-spec.ts'
import type { ToolAccess, Tools } from '../../../core/base/process/tools.ts'
import type { MachineWorld } from '../../../core/build/checkpoint/context.ts'
import { specOf } from '../../base/model/machine-spec.ts'
import { type Behaviour, toolsWith } from '../../machine/qemu-process.ts'
import { temporary } from '../../support/directory.ts'

/** A command that was run, with what it could write. */
export interface Ran {
  argv: readonly string[]
  writable: readonly string[]
}

/** A store with a plain disk, and steps in it whose QEMU stands in for the real one. */
export class TestStore {
  readonly directory = temporary()
  readonly ran: Ran[] = []
  readonly disk: Disk = { kind: 'disk', key: 'base', chain: [{ step: 'base', path: 'disk.qcow2' }] }

  constructor() {
    mkdirSync(join(this.directory, 'base'))
    writeFileSync(join(this.directory, 'base', 'disk.qcow2'), 'base')
  }

  path = ({ step, path }: { step: string; path: string }) => join(this.directory, step, path)

  /** qemu-img as far as it is seen here: it makes the file that it is to write. */
  #run = async (argv: readonly string[], { writable = [] }: ToolAccess = {}) => {
    this.ran.push({ argv, writable })
    const [, verb] = argv
    const [from, to] = argv.slice(-2)
    if (verb === 'create') writeFileSync(to!, `overlay on ${from}`)
    if (verb === 'convert') copyFileSync(from!, to!)
    return { code: 0, stdout: 'QEMU emulator version 10.0.2 (Test)\n', stderr: '' }
  }

  /** The world of the step of a key. Its machines end with the test. */
  step(key: string, behaviour: Behaviour = {}, change: Partial<MachineSpec> = {}): MachineWorld {
    const fake = toolsWith(behaviour)
    const start: Tools['start'] = (argv, options) => {
      this.ran.push({ argv, writable: options?.writable ?? [] })
      return fake.start(argv, options)
    }
    const work = join(this.directory, `${key}.work`)
    for (const directory of [join(this.directory, key), work]) mkdirSync(directory)
    return {
      key,
      out: join(this.directory, key),
      work,
      path: this.path,
      tools: { run: this.#run, start },
      log: { info: () => {}, warn: () => {}, line: () => {} },
      signal: new AbortController().signal,
      defer: onTestFinished,
      login: async () => ({ user: 'root', password: 'secret' }),
      spec: ({ chain, machine: { bus, ...machine } = {} }) => ({
        ...specOf(change),
        ...machine,
        disks: [{ path: this.path(chain.at(-1)!), format: 'qcow2', bus: bus ?? 'virtio' }],
      }),
    }
  }
}
