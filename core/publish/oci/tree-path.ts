import { lstat, readlink } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'

const MAX_LINKS = 40

/**
 * Follows a path inside a tree without leaving it. Gives every symbolic link on the way and, last, where it ends, all
 * relative to the tree: what an image must hold for the path to work there. Throws RUNTIME_FILE_MISSING.
 */
export const follow = async (tree: string, path: string): Promise<string[]> => {
  const links: string[] = []
  let done = ''
  let rest = path.split('/').filter(Boolean)
  while (rest.length > 0) {
    const here = posix.join(done, rest.shift()!)
    const stats = await lstat(join(tree, here)).catch(() => {
      throw errors.runtimeFileMissing(path)
    })
    if (!stats.isSymbolicLink()) {
      done = here
      continue
    }
    if (links.push(here) > MAX_LINKS) throw errors.runtimeFileMissing(path)
    const target = await readlink(join(tree, here))
    const absolute = posix.resolve('/', target.startsWith('/') ? '/' : done, target)
    rest = [...absolute.split('/').filter(Boolean), ...rest]
    done = ''
  }
  return [...new Set([...links, done])]
}
