import { join } from 'node:path'
import { errors } from '../../../base/errors/catalogue.ts'
import type { DiskFormat } from '../../../base/model/disk-format.ts'
import { formatBytes } from '../../../base/text/bytes.ts'
import { lastLines } from '../../../base/text/lines.ts'
import { damaged } from './damaged.ts'
import { tenths } from './progress.ts'
import { LABELS } from './recognise.ts'
import type { ImageFile, ImportStep } from './types.ts'

/** What `qemu-img info` tells of an image. Source: QEMU, qapi/block-core.json, ImageInfo. */
interface Info {
  'virtual-size': number
  'backing-filename'?: string
  encrypted?: boolean
  'format-specific'?: { data?: { 'data-file'?: string; encrypt?: unknown } }
}

/** Exit statuses of `qemu-img check`. Source: qemu-img(1). */
const LEAKS = 3
const NO_CHECKS = 63

/** `-p` overwrites one line. */
const LINES = 'set -o pipefail; "$@" | stdbuf -o0 tr "\\r" "\\n"'

/** An image that QEMU reads, in the toolbox. */
class Image {
  readonly name: string
  readonly #step: ImportStep
  readonly #file: ImageFile
  readonly #format: DiskFormat

  constructor(step: ImportStep, file: ImageFile, format: DiskFormat) {
    this.name = file.name
    this.#step = step
    this.#file = file
    this.#format = format
  }

  /** Its size and what it depends on. Throws DISK_DAMAGED, DISK_REFUSED. */
  async info(): Promise<Info> {
    const { stdout } = await this.#run(['info', '--output=json', '-f', this.#format, this.#file.path]).catch(
      (error: unknown) => {
        throw damaged(this.name, error, this.#file.path)
      },
    )
    const info = JSON.parse(stdout) as Info
    const { data } = info['format-specific'] ?? {}
    if (info['backing-filename'] !== undefined || data?.['data-file'] !== undefined)
      throw errors.diskRefused(this.name, 'its content is in another file')
    if (info.encrypted || data?.encrypt) throw errors.diskRefused(this.name, 'it is encrypted')
    if (info['virtual-size'] === 0) throw errors.diskDamaged(this.name, 'it is a disk of 0 bytes')
    return info
  }

  /** Sees to it that its own tables are in order, where the format has some. Throws DISK_DAMAGED. */
  async check(): Promise<void> {
    const { code, stdout, stderr } = await this.#run(['check', '-f', this.#format, this.#file.path], true)
    if (code === 0 || code === NO_CHECKS) return
    const lines = lastLines(stdout, stderr)
    if (code !== LEAKS) throw errors.diskDamaged(this.name, 'qemu-img check finds errors in it', lines)
    this.#step.log.warn(`${this.name} has unused space in it that nothing points to; the disk is whole.`)
  }

  /** Writes it as a qcow2, in the order of the disk: out of order the bytes would be others each time. */
  async convert(out: string, bytes: number): Promise<void> {
    const argv = ['convert', '-p', '-f', this.#format, '-O', 'qcow2', '-m', '1', this.#file.path, out]
    const { code, stderr } = await this.#telling(argv, 'converted', bytes)
    if (code !== 0) throw errors.diskDamaged(this.name, 'it cannot be read to its end', lastLines(stderr))
  }

  /** Throws DISK_CONVERSION where the qcow2 has not the same content. */
  async compare(out: string, bytes: number): Promise<void> {
    const argv = ['compare', '-p', '-f', this.#format, '-F', 'qcow2', this.#file.path, out]
    const { code, stdout, stderr } = await this.#telling(argv, 'compared', bytes)
    const lines = lastLines(stdout, stderr).filter((line) => !PERCENT.test(line))
    if (code !== 0) throw errors.diskConversion(this.name, lines)
  }

  #telling(argv: readonly string[], done: string, bytes: number) {
    const tell = tenths(this.#step.log, this.name, done, bytes)
    return this.#step.run(['bash', '-c', LINES, 'bash', 'qemu-img', ...argv], {
      ...this.#seen(),
      title: `qemu-img ${argv[0]} ${this.name}`,
      allowFailure: true,
      onLine: (line) => {
        const percent = PERCENT.exec(line)
        if (percent) tell((Number(percent[1]) / 100) * bytes)
        else if (line.trim() !== '') this.#step.log.line(line)
      },
    })
  }

  #run(argv: readonly string[], allowFailure = false) {
    return this.#step.run(['qemu-img', ...argv], {
      ...this.#seen(),
      allowFailure,
      title: `qemu-img ${argv[0]} ${this.name}`,
    })
  }

  #seen() {
    return { readable: [this.#file.path, ...this.#file.extents] }
  }
}

const PERCENT = /^\s*\((\d+(?:\.\d+)?)\/100%\)\s*$/

/** Makes a checked qcow2 in the step's result from an image in any format, and gives its name. */
export const toQcow2 = async (step: ImportStep, file: ImageFile, format: DiskFormat): Promise<string> => {
  const image = new Image(step, file, format)
  const { 'virtual-size': bytes } = await image.info()
  step.log.info(`${file.name}: ${LABELS[format]} of ${formatBytes(bytes)}`)
  await image.check()
  const name = 'disk.qcow2'
  const out = join(step.out, name)
  await image.convert(out, bytes)
  await image.compare(out, bytes)
  return name
}

/** What converts: the bytes of a qcow2 may be others with another version. */
export const converterOf = async (run: ImportStep['run']): Promise<string> => {
  const { stdout } = await run(['qemu-img', '--version'], { onLine: () => {} })
  return /^(qemu-img version .*)$/m.exec(stdout)![1]!
}
