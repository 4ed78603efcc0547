import { existsSync } from 'node:fs'
import {
  access,
  constants,
  mkdir,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errors } from '../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../base/errors/error.ts'
import { randomName, sha256File } from '../base/files/digest.ts'
import { SOURCE_DATE_EPOCH } from '../base/model/epoch.ts'
import type { FileRef } from '../base/model/file-ref.ts'
import type { Run, RunOptions } from '../base/process/run.ts'
import { type Layering, layeringOf } from './layering.ts'
import { type Lock, type LockOptions, lock } from './lock.ts'
import { runIn } from './namespace/namespace.ts'
import { closeStore } from './privacy.ts'
import { readRecord, storeDirectory } from './read.ts'
import type { StepRecord } from './record.ts'
import { makeSecretKey, SECRET_KEY } from './secret-key.ts'

const SEAL = fileURLToPath(new URL('./seal.sh', import.meta.url))

const PARTS = ['steps', 'tmp', 'locks', 'downloads', 'logs', 'history', 'tested', 'kept']

/** What is made when it is first written. */
const LATER = ['layouts', 'layering.json', SECRET_KEY]

const unlessExists = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error
}

/** A store entry that is being written; it becomes visible whole or not at all. */
export interface Draft {
  readonly directory: string
  commit(record: Omit<StepRecord, 'fingerprint' | 'digest' | 'files' | 'bytes'>): Promise<StepRecord>
  discard(): Promise<void>
}

/** Finished steps by key. Safe for concurrent processes, and whole after any kill. */
export class Store {
  readonly directory: string
  readonly #checked = new Map<string, StepRecord>()
  #layering: Promise<Layering> | undefined
  readonly #drafts = new Map<string, string>()

  constructor(directory = storeDirectory()) {
    this.directory = directory
  }

  /** Creates the store where it is missing, for this user alone. Throws STORE_READ_ONLY, STORE_FULL or STORE_FOREIGN. */
  async open(): Promise<this> {
    try {
      await mkdir(this.directory, { recursive: true, mode: 0o700 })
      for (const part of PARTS) {
        // not recursive: that would call a full disk a missing directory
        await mkdir(join(this.directory, part), { mode: 0o700 }).catch(unlessExists)
      }
      await closeStore(this.directory, [...PARTS, ...LATER])
      await access(join(this.directory, 'tmp'), constants.W_OK)
      makeSecretKey(this.directory)
      const probe = join(this.directory, 'tmp', `probe-${randomName()}`)
      await writeFile(probe, '')
      await rm(probe)
    } catch (error) {
      throw this.#writeError(error)
    }
    return this
  }

  #writeError(error: unknown): unknown {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (['ENOSPC', 'EDQUOT'].includes(code)) return errors.storeFull(this.directory)
    if (isAntidoteError(error)) return error
    return code.startsWith('E') ? errors.storeReadOnly(this.directory, messageOf(error)) : error
  }

  /** Commands on the store's own files: as root of the namespace, so that every owner can be handled. */
  #run(argv: string[], options: RunOptions = {}): ReturnType<Run> {
    return runIn({ operations: [{ host: true }, { bind: this.directory }, { bind: SEAL, readOnly: true }] })(
      argv,
      options,
    )
  }

  /** How trees are changed here. Throws NAMESPACE_FAILED where no step could run at all. */
  layering(signal?: AbortSignal): Promise<Layering> {
    this.#layering ??= layeringOf(this.directory, signal)
    return this.#layering
  }

  entryDirectory(key: string): string {
    return this.#drafts.get(key) ?? join(this.directory, 'steps', key)
  }

  path(ref: FileRef): string {
    return join(this.entryDirectory(ref.step), ref.path)
  }

  /** The record of a finished step, or undefined. Nothing of the entry is checked yet. */
  record(key: string): Promise<StepRecord | undefined> {
    return readRecord(this.directory, key)
  }

  /**
   * The record of a finished step after a check that the entry is as it was written, else undefined.
   * Why an entry is damaged is given to `onDamage`; it stays until it is replaced by what is made anew.
   */
  async verified(key: string, onDamage?: (reason: string) => void): Promise<StepRecord | undefined> {
    const known = this.#checked.get(key)
    if (known) return known
    const directory = join(this.directory, 'steps', key)
    if (!existsSync(directory)) return undefined
    const record = await this.record(key)
    const reason = record ? await this.#damage(record) : 'its record cannot be read'
    if (record && !reason) {
      const now = new Date()
      await utimes(join(directory, 'record.json'), now, now).catch(() => {})
      this.#checked.set(key, record)
      return record
    }
    onDamage?.(reason!)
    return undefined
  }

  async #damage({ key, fingerprint }: StepRecord): Promise<string | undefined> {
    const seal = await this.#run(['sh', SEAL, join(this.directory, 'steps', key)], { allowFailure: true })
    if (seal.code !== 0) return 'its files cannot be read'
    return parseSeal(seal.stdout).fingerprint === fingerprint
      ? undefined
      : 'its files are not as they were written'
  }

  /** Reads a file of an entry whole and compares it with what was written. Throws STORE_DAMAGED. */
  async checkContent(ref: FileRef, signal?: AbortSignal): Promise<void> {
    const record = await this.record(ref.step)
    if (record?.files[ref.path] === (await sha256File(this.path(ref), signal))) return
    throw errors.storeEntryDamaged(ref.step, `${ref.path} does not have the content that was written`)
  }

  /** Starts an entry. Until `commit`, its files live in a place of their own. */
  async draft(key: string): Promise<Draft> {
    const directory = join(this.directory, 'tmp', `${process.pid}-${randomName()}`)
    await mkdir(directory).catch((error) => {
      throw this.#writeError(error)
    })
    this.#drafts.set(key, directory)
    const forget = () => this.#drafts.delete(key)
    return {
      directory,
      commit: async (record) => {
        const seal = parseSeal((await this.#run(['sh', SEAL, directory, String(SOURCE_DATE_EPOCH)])).stdout)
        const whole: StepRecord = { ...record, ...seal }
        try {
          const file = join(directory, 'record.json')
          // what a command of the step put there; a link would lead to another file
          await rm(file, { recursive: true, force: true })
          await writeFile(file, JSON.stringify(whole, null, 1), { flag: 'wx', flush: true, mode: 0o600 })
          await this.remove(key)
          await rename(directory, join(this.directory, 'steps', key))
        } catch (error) {
          throw this.#writeError(error)
        }
        forget()
        this.#checked.set(key, whole)
        return whole
      },
      discard: async () => {
        forget()
        await this.deleteTemporary(directory)
      },
    }
  }

  /** Takes an entry out of sight at once, then deletes it. Nothing happens where there is none. */
  async remove(key: string): Promise<void> {
    this.#checked.delete(key)
    const entry = join(this.directory, 'steps', key)
    const doomed = join(this.directory, 'tmp', `${process.pid}-${randomName()}`)
    try {
      await rename(entry, doomed)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return
      if (code !== 'EXDEV') throw error
      // an overlay does not rename a directory of a layer below, as of a container's image: without its record it is none
      await rm(join(entry, 'record.json'), { force: true })
      return this.deleteTemporary(entry)
    }
    await this.deleteTemporary(doomed)
  }

  /** Deletes files of any owner below the store. */
  async deleteTemporary(...paths: string[]): Promise<void> {
    // most are empty, and a namespace takes longer than that
    await Promise.allSettled(paths.map((path) => rmdir(path)))
    const left = paths.filter((path) => existsSync(path))
    if (left.length > 0) await this.#run(['rm', '-rf', '--', ...left])
  }

  /** How many bytes each of these directories below the store takes, whoever owns what is in them. */
  async usage(paths: readonly string[]): Promise<number[]> {
    const { stdout } = await this.#run(['du', '--summarize', '--block-size=1', '--', ...paths], {
      allowFailure: true,
    })
    const sizes = new Map(
      stdout.split('\n').map((line) => [line.slice(line.indexOf('\t') + 1), Number.parseInt(line, 10)]),
    )
    return paths.map((path) => sizes.get(path) ?? 0)
  }

  /** Removes what killed builds left behind. The caller holds the store for itself. */
  async sweep(): Promise<void> {
    const left = await readdir(join(this.directory, 'tmp'))
    await this.deleteTemporary(...left.map((name) => join(this.directory, 'tmp', name)))
  }

  /** One builder a step: the others wait for the lock and then find the entry. */
  lock(name: string, options: LockOptions = {}): Promise<Lock | undefined> {
    return lock(join(this.directory, 'locks', name), options)
  }

  async entries(): Promise<{ key: string; bytes: number; used: Date; record: StepRecord | undefined }[]> {
    const keys = await readdir(join(this.directory, 'steps'))
    return Promise.all(
      keys.map(async (key) => {
        const record = await this.record(key)
        const used = await stat(join(this.directory, 'steps', key, 'record.json')).then(
          (s) => s.mtime,
          () => new Date(0),
        )
        return { key, bytes: record?.bytes ?? 0, used, record }
      }),
    )
  }
}

const parseSeal = (output: string): Pick<StepRecord, 'fingerprint' | 'digest' | 'files' | 'bytes'> => {
  const sums = Object.fromEntries(
    output
      .trim()
      .split('\n')
      .map((line) => [line.slice(66).replace(/^\.\//, ''), line.slice(0, 64)]),
  )
  const { ':fingerprint': fingerprint = '', ':digest': digest = '', ':bytes': bytes = '0', ...files } = sums
  return { fingerprint, digest, files, bytes: Number(bytes) }
}
