import { lstatSync, readdirSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { errors } from '../errors/catalogue.ts'
import { sha256, sha256FileSync } from '../files/digest.ts'
import { reading } from '../files/regular.ts'
import { isSecret } from './secret.ts'

/** Plain data, as it goes into a key. */
export type Data = null | boolean | number | string | readonly Data[] | { readonly [key: string]: Data }

/** What stands for a secret in keys and records: equal secrets are equal, and nobody without the store's key can guess one. */
export type Sealed = (secret: string) => string

/** Everything a step was given. Its key is the sha256 of this, and `explain` compares two of these. */
export interface Described {
  stage: string
  plugin: string
  version: string
  tap: string
  inputs: Data
  /** Content digests of input files and directories, by path as configured. */
  files: Record<string, string>
  /** Keys of what the tap needs on the side. */
  needs: Record<string, string>
  parent: string
}

/**
 * Options or inputs as plain data: secrets as `sealed` has them, and refused without it; undefined left out. Throws TAP_INPUTS
 * on anything else.
 */
export const toData = (value: unknown, owner: string, sealed?: Sealed): Data =>
  convert(value, { owner, sealed }, '', [])

interface Conversion {
  owner: string
  sealed: Sealed | undefined
}

const convert = (value: unknown, to: Conversion, path: string, parents: readonly unknown[]): Data => {
  const { owner, sealed } = to
  const refuse = (reason: string) => errors.tapInputs(owner, `${path || 'the value'} ${reason}`)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value !== 'object') throw refuse(`is a ${typeof value}`)
  if (isSecret(value)) {
    if (!sealed) throw refuse('is a secret')
    return sealed(value.reveal())
  }
  if (parents.includes(value)) throw refuse('contains itself')
  const inside = [...parents, value]
  if (Array.isArray(value)) return value.map((item, index) => convert(item, to, `${path}[${index}]`, inside))
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value)))
    throw refuse('is an object of a class')
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, convert(item, to, path ? `${path}.${name}` : name, inside)]),
  )
}

/** JSON with sorted names, so that equal data gives equal text. */
export const canonical = (data: Data): string => {
  if (Array.isArray(data)) return `[${data.map(canonical).join(',')}]`
  if (typeof data === 'object' && data !== null) {
    const entries = Object.entries(data as Record<string, Data>).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${canonical(value)}`).join(',')}}`
  }
  return JSON.stringify(data)
}

/** The key of a step: 32 hex digits, 128 bits. */
export const keyOf = (described: Described): string =>
  sha256(canonical(described as unknown as Data)).slice(0, 32)

const SLASH = Buffer.from('/')
const NUL = Buffer.from('\0')

/** Names are bytes: not every one is text. */
const digestDirectory = (path: Buffer): string => {
  const names = reading(path, () => readdirSync(path, { encoding: 'buffer' })).sort(Buffer.compare)
  const parts = names.flatMap((name) => {
    const below = Buffer.concat([path, SLASH, name])
    return [NUL, name, NUL, Buffer.from(digestAt(below, lstatSync(below)))]
  })
  return sha256(Buffer.concat([Buffer.from('directory'), ...(parts.length > 0 ? parts : [NUL])]))
}

const digestAt = (path: Buffer, stats: Stats): string => {
  if (stats.isSymbolicLink()) return sha256(`link\0${readlinkSync(path)}`)
  if (stats.isDirectory()) return digestDirectory(path)
  return sha256(`file ${stats.mode & 0o111 ? 'x' : '-'} ${sha256FileSync(path)}`)
}

const digestNamed = (path: string): string => {
  const stats = reading(path, () => statSync(path))
  return digestAt(Buffer.from(path), stats)
}

/**
 * The content digests of input files and directories, by path relative to the image's directory. What is named counts
 * by what it leads to, as it is used; links below a directory count as links. Throws FILE_UNREADABLE.
 */
export const digestFiles = (directory: string, paths: readonly string[]): Record<string, string> =>
  Object.fromEntries([...paths].sort().map((path) => [path, digestNamed(resolve(directory, path))]))
