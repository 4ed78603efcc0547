import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Disk, Unkeyed } from '../../../../core/base/model/artifact.ts'
import { run } from '../../../../core/base/process/run.ts'
import { importDisk } from '../../../../core/build/disk/import/import.ts'
import type { DiskSource } from '../../../../core/build/disk/import/types.ts'
import type { Step } from '../../../../core/contract/plugin/step.ts'
import { download } from '../../../../core/store/download/download.ts'
import { Store } from '../../../../core/store/store.ts'
import { temporary } from '../../../support/directory.ts'

const MIB = 1024 * 1024

/** A command of the host, in a directory. */
export const tool = (cwd: string, ...[file, ...args]: string[]): string =>
  execFileSync(file!, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** A raw disk of 8 MiB with a boot sector and something at its beginning, middle and end. */
export const rawDisk = (directory: string, name = 'disk.raw'): string => {
  const disk = Buffer.alloc(8 * MIB)
  disk.write('a boot loader')
  disk.writeUInt16LE(0xaa55, 510)
  for (const offset of [MIB, 5 * MIB]) disk.fill(`text at ${offset} `, offset, offset + 100_000)
  disk.write('the end', disk.length - 7)
  mkdirSync(dirname(join(directory, name)), { recursive: true })
  writeFileSync(join(directory, name), disk)
  return join(directory, name)
}

/** The same in another format; gives its content. */
export const convert = (directory: string, format: string, to: string, ...options: string[]) => {
  const raw = rawDisk(directory)
  const given = options.flatMap((option) => ['-o', option])
  tool(directory, 'qemu-img', 'convert', '-f', 'raw', '-O', format, ...given, raw, to)
  return readFileSync(raw)
}

/** Where an image lies, and a step that imports it with the tools of the host. */
export const world = () => {
  const directory = temporary()
  const told: string[] = []
  const attempt = async (source: DiskSource, signal = new AbortController().signal) => {
    const [out, work] = [temporary(), temporary()]
    const store = await new Store(join(work, 'store')).open()
    const step = {
      directory,
      signal,
      out,
      work,
      run: (argv, { readable: _readable, ...options } = {}) => run(argv, { signal, ...options }),
      download: (file) => download(store, file, { signal }),
      ref: (path) => ({ step: 'own', path }),
      log: {
        info: (text) => told.push(text),
        warn: (text) => told.push(`warning: ${text}`),
        line: () => {},
      },
    } as Partial<Step> as Step
    const disk: Unkeyed<Disk> = await importDisk(step, source)
    return { disk, file: join(out, disk.chain[0]!.path), work }
  }
  return { directory, told, attempt }
}

/** The content of a qcow2. */
export const contentOf = (file: string): Buffer => {
  const raw = join(temporary(), 'raw')
  tool('/', 'qemu-img', 'convert', '-f', 'qcow2', '-O', 'raw', file, raw)
  return existsSync(raw) ? readFileSync(raw) : Buffer.alloc(0)
}
