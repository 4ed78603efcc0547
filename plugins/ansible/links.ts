import { lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** A link that leads to where a playbook sees nothing. */
export interface LinkOut {
  path: string
  target: string
}

const isIn = (path: string, directories: readonly string[]): boolean =>
  directories.some((directory) => path === directory || path.startsWith(`${directory}/`))

const realOf = (path: string): string | undefined => {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

const linksBelow = (path: string): string[] => {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats?.isSymbolicLink()) return [path]
  return stats?.isDirectory() ? readdirSync(path).flatMap((name) => linksBelow(join(path, name))) : []
}

/** The links below what a playbook may read that lead out of all of it; what is named itself is there by its content. */
export const linksOut = (readable: readonly string[]): LinkOut[] => {
  const seen = readable.flatMap((path) => realOf(path) ?? [])
  return seen.flatMap(linksBelow).flatMap((path) => {
    const target = realOf(path)
    return target !== undefined && !isIn(target, seen)
      ? [{ path, target: resolve(dirname(path), readlinkSync(path)) }]
      : []
  })
}

/** The first of them whose name an error of ansible has. */
export const linkNamed = (links: readonly LinkOut[], lines: readonly string[]): LinkOut | undefined => {
  const words = lines.flatMap((line) => line.split(/[\s'"/:,]+/)).map((word) => word.replace(/\.$/, ''))
  return links.find(({ path }) => words.includes(basename(path)))
}
