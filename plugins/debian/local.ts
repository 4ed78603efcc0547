import { statSync } from 'node:fs'
import { AntidoteError, linux, type Mirror, type Scaffold } from 'antidote'
import { type AptSource, addressOf } from './sources.ts'

const { bad } = linux.optionChecks('debian')

/** The path in a URI of `file:` or `copy:`; undefined for others. */
const pathOf = (address: string): string | undefined => {
  const path = /^(?:file|copy):\/*(\/.*)$/.exec(address)?.[1]
  return path?.replace(/(?<=.)\/+$/, '')
}

/** Refuses an address of a directory that build steps could not be shown at its own path. */
export const checkDirectory = (address: string, user: string): void => {
  const path = pathOf(address)
  if (path === undefined) return
  if (!/^(\/(?!\.\.?(\/|$))[^/%\\]+)+$/.test(path))
    throw bad(
      `the directory of packages "${path}" is not the plain path of one.`,
      'Write it like "file:///srv/mirror", without "..", "%" and "\\".',
    )
  if (linux.isOwnPath(path, user))
    throw bad(
      `the directory of packages ${path} is where the image has files of its own.`,
      'Move or bind-mount it elsewhere, such as below /srv.',
    )
}

/** Where packages come from, as the options say it. */
interface Places {
  mirror: Mirror | undefined
  sources: readonly AptSource[]
}

/** The directories of the host that packages come from, each at its own path. */
export const localDirectories = ({ mirror, sources }: Places): string[] => {
  const addresses = [mirror?.main, mirror?.security, ...sources.map(({ line }) => addressOf(line))]
  return [...new Set(addresses.flatMap((address) => pathOf(address ?? '') ?? []))].sort()
}

/** Throws MIRROR_UNREACHABLE where one of them is missing. */
export const requireDirectories = (directories: readonly string[]): void => {
  for (const directory of directories)
    if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
      throw new AntidoteError(
        'MIRROR_UNREACHABLE',
        `There is no directory ${directory} to take packages from.`,
        {
          hint: 'Mount it, or name another place with the option `mirror` or `sources`.',
        },
      )
}

/** What build steps see, with the directories that their apt reads. */
export const withDirectories = (scaffold: Scaffold, places: Places): Scaffold => {
  const directories = localDirectories(places)
  return directories.length > 0 ? { ...scaffold, directories } : scaffold
}

/**
 * Lines of sources.list with `copy:` for `file:`: dpkg, which runs inside the tree and sees no directory of the host, is
 * then given copies of the packages. mmdebstrap removes them in the end.
 */
export const copiedLines = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/^deb file:/, 'deb copy:'))
