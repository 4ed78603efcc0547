import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../errors/catalogue.ts'
import type { Image } from './image.ts'
import { CONFIG_NAME, loadImage } from './load.ts'

/** The images of a directory: those whose config could be loaded, and the errors of the others. */
export interface Collection {
  images: Image[]
  broken: { directory: string; error: unknown }[]
}

/** The directories with a config, from this one downwards; what is hidden or installed by npm is left out. */
const directoriesOf = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw errors.configUnreadable(directory, error.code === 'ENOENT' ? 'it does not exist' : error.message)
  })
  const below = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map(({ name }) => join(directory, name))
    .sort()
  const found = entries.some(({ name }) => name === CONFIG_NAME) ? [directory] : []
  // one after the other, so that the order is the same every time
  for (const each of below) found.push(...(await directoriesOf(each)))
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
