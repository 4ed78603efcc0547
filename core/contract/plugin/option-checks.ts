import { errors } from '../../base/errors/catalogue.ts'
import type { AntidoteError } from '../../base/errors/error.ts'
import { reveal, type Secret } from '../../base/model/secret.ts'
import { nearest } from '../../base/text/nearest.ts'
import { describeValue } from '../../base/validation/explain-issue.ts'
import { mibOf, SIZE } from '../../base/validation/size.ts'

/** Where a vendor's disk is, as an option of a plugin: a file beside the config or a URL, and what it must be. */
export type VendorDiskOption = { sha256: string } & ({ path: string } | { url: string })

/** Checks of what a plugin is told; each throws PLUGIN_OPTION with the plugin's name. */
export interface OptionChecks {
  bad(message: string, hint?: string): AntidoteError
  /**
   * Refuses options that are not known, and what is no object. `where` is what the options are in, with a dot at its end.
   */
  known(options: object, known: readonly string[], where?: string): void
  oneOf<T extends string>(option: string, value: string, known: readonly T[]): T
  /** A text that is not blank. `example` is one, for the hint. */
  text(option: string, value: string, example?: string): string
  /** A list; the empty one if left out. `example` is an item of it, for the hint where one alone is given. */
  list<T>(option: string, value: readonly T[] | undefined, example?: string): readonly T[]
  /** A password, of which no program reads less than another: without a line break or another control character. */
  password<T extends string | Secret>(option: string, value: T): T
  /** A whole number from `least` to `most`. */
  whole(option: string, value: number, least: number, most: number): number
  /** The machine's memory, such as "2G", in MiB. `enough` is the hint for one that is too small. */
  memory(size: string, enough: string): number
  /** `what` is whose disk it is, `file` what such a file is called. */
  vendorDisk(disk: VendorDiskOption | undefined, what: string, file: string): VendorDiskOption
}

/** With how many MiB no machine starts. */
const LEAST_MEMORY = 128

/** Checks for a plugin whose options are listed in `page`, if anywhere. */
export const optionChecks = (plugin: string, page?: string): OptionChecks => {
  const bad: OptionChecks['bad'] = (message, hint) => errors.pluginOption(plugin, message, hint)
  return {
    bad,
    known: (options: unknown, known, where = '') => {
      const lists = page ? `${page} lists them.` : `Its options are ${known.join(', ')}.`
      if (options === undefined && where === '') throw bad('needs options.', lists)
      if (typeof options !== 'object' || options === null || Array.isArray(options))
        throw bad(
          `${where.replace(/\.$/, '') || 'the argument'} must be an object; it is ${describeValue(options)}.`,
          lists,
        )
      for (const name of Object.keys(options)) {
        if (known.includes(name)) continue
        const near = nearest(name, known)
        throw bad(`"${where}${name}" is not an option.`, near ? `Did you mean "${near}"?` : lists)
      }
    },
    oneOf: (option, value, known) => {
      const found = known.find((name) => name === value)
      if (found !== undefined) return found
      const near = nearest(value, known)
      throw bad(
        `${option} is "${value}", which is not one of ${known.join(', ')}.`,
        near ? `Write ${option}: '${near}'.` : `Choose one of ${known.join(', ')}.`,
      )
    },
    text: (option, value: unknown, example = '…') => {
      const hint = `Write ${option}: '${example}'.`
      if (value === undefined) throw bad(`${option} is missing.`, hint)
      if (typeof value !== 'string')
        throw bad(`${option} must be a text; it is ${describeValue(value)}.`, hint)
      if (value.trim() === '') throw bad(`${option} is empty.`, hint)
      return value
    },
    list: (option, value, example = '…') => {
      if (value === undefined) return []
      if (Array.isArray(value)) return value
      const item = typeof value === 'string' ? describeValue(value).replace(/^"(.*)"$/, "'$1'") : example
      throw bad(`${option} must be a list; it is ${describeValue(value)}.`, `Write ${option}: [${item}].`)
    },
    password: (option, value) => {
      const text: unknown = value === null || value === undefined ? value : reveal(value)
      if (typeof text !== 'string')
        throw bad(`${option} must be a text or a secret(); it is ${describeValue(value)}.`)
      if (text === '') throw bad(`${option} is empty.`, 'Leave it out for the usual one.')
      if (!/\p{Cc}/u.test(text)) return value
      throw bad(
        `${option} has a line break or another control character in it.`,
        "Take the line break of a file away: secret(readFileSync('password', 'utf8').trim()).",
      )
    },
    whole: (option, value, least, most) => {
      if (Number.isInteger(value) && value >= least && value <= most) return value
      throw bad(`${option} is ${value}.`, `Use a whole number from ${least} to ${most}.`)
    },
    memory: (size, enough) => {
      if (!SIZE.test(size)) throw bad(`memory is "${size}", which is no size.`, 'Write it like "2G".')
      const mib = mibOf(size)
      if (mib >= LEAST_MEMORY) return mib
      throw bad(`memory is "${size}", with which nothing starts.`, enough)
    },
    vendorDisk: (disk, what, file) => {
      const { sha256, path, url }: { sha256?: string; path?: string; url?: string } = disk ?? {}
      if (disk && sha256 && /^[0-9a-f]{64}$/.test(sha256) && (path === undefined) !== (url === undefined))
        return disk
      throw bad(
        `disk must say where ${what} is, and its sha256.`,
        `Write disk: { path: '${file}', sha256: '…' }; \`sha256sum\` tells the digest.`,
      )
    },
  }
}
