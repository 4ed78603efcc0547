import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import type { Image } from '../../contract/config/image.ts'
import { CONFIG_NAME, loadImage } from './load.ts'

/** The images of a directory: those whose config could be loaded, and the errors of the others. */
export interface Collection {
  images: Image[]
  broken: { directory: string; error: unknown }[]
}

/** The directories in a directory: its own, or those that its links lead to. */
const below = async (directory: string, entries: readonly Dirent[], links: boolean): Promise<string[]> => {
  const found: string[] = []
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
    const path = join(directory, entry.name)
    // a link to a file, or to nothing, is no directory of images
    const led = entry.isSymbolicLink() && (await stat(path).catch(() => undefined))?.isDirectory()
    if (links ? led : entry.isDirectory()) found.push(path)
  }
  return found.sort()
}

/**
 * The directories with a config, from this one downwards; what is hidden or installed by npm is left out. Links to
 * directories are followed after the directories themselves, and each directory counts once.
 */
const directoriesOf = async (root: string): Promise<string[]> => {
  const top = await realpath(root).catch(() => root)
  const seen = new Set<string>()
  const found: string[] = []
  const linked: string[] = []
  const search = async (directory: string): Promise<void> => {
    const entries = await readdir(directory, { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        throw errors.configUnreadable(
          directory,
          error.code === 'ENOENT' ? 'it does not exist' : error.message,
        )
      },
    )
    const place = await realpath(directory)
    // what is above the root was not asked for, wherever a link leads
    if (seen.has(place) || (place !== top && `${top}/`.startsWith(`${place.replace(/\/$/, '')}/`))) return
    seen.add(place)
    if (entries.some(({ name }) => name === CONFIG_NAME)) found.push(directory)
    linked.push(...(await below(directory, entries, true)))
    // one after the other, so that the order is the same every time
    for (const each of await below(directory, entries, false)) await search(each)
  }
  await search(root)
  for (let link = linked.shift(); link !== undefined; link = linked.shift()) await search(link)
  return found
}

/**
 * Loads every image in a directory and below it. A config with a mistake does not hide the others.
 * Throws COLLECTION_EMPTY, COLLECTION_TWINS, CONFIG_UNREADABLE.
 */
export const loadCollection = async (directory: string): Promise<Collection> => {
  const directories = await directoriesOf(directory)
  if (directories.length === 0) throw errors.collectionEmpty(directory)
  const collection: Collection = { images: [], broken: [] }
  const byName = new Map<string, Image>()
  for (const each of directories) {
    let image: Image
    try {
      image = await loadImage({ directory: each, file: CONFIG_NAME })
    } catch (error) {
      collection.broken.push({ directory: each, error })
      continue
    }
    const twin = byName.get(image.name)
    if (twin) throw errors.collectionTwins(image.name, twin.file, image.file)
    byName.set(image.name, image)
    collection.images.push(image)
  }
  return collection
}
