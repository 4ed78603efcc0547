import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { isAntidoteError } from '../../base/errors/error.ts'
import { readText } from '../../base/files/regular.ts'
import type { Login } from '../../build/configure.ts'
import type { Image } from '../../contract/config/image.ts'
import { imageSchema } from '../../contract/config/schema.ts'
import type { LessonImage } from '../../lesson/configure.ts'
import { readYaml } from '../../lesson/document.ts'
import { META_FILE } from '../../lesson/platform/file.ts'
import { loadCollection } from './collection.ts'
import { CONFIG_NAME, loadImage, loadLessonPlugins } from './load.ts'
import { directoriesAbove, isRepository } from './repository.ts'
import { checkTrust } from './trust.ts'

const metaSchema = z.looseObject({
  sshUser: z.string().min(1).optional(),
  sshPassword: z.string().min(1).optional(),
  configUser: z.string().min(1).optional(),
  configPassword: z.string().min(1).optional(),
})

/** The name of an image without registry, path and tag. */
const shortName = (reference: string): string => reference.replace(/^.*\//, '').replace(/[:@].*$/, '')

/**
 * The directory of images in a collection of lessons: the nearest `images` beside the lesson or above it, in its repository.
 * Of a lesson in no repository it is only looked for beside it, and beside the directory of lessons.
 */
export const nearestImages = (lesson: string): string | undefined => {
  const beside = dirname(lesson)
  const above = directoriesAbove(beside)
  const directories = isRepository(lesson) ? [] : isRepository(above.at(-1)!) ? above : above.slice(0, 2)
  return directories.map((directory) => join(directory, 'images')).find((images) => existsSync(images))
}

/** An image of which nothing is known here but its name. */
const elsewhere = (name: string): Image => ({
  name,
  directory: '/',
  file: '/',
  config: imageSchema.parse({ name: 'elsewhere', use: [] }),
  plugins: [],
  elsewhere: true,
})

const metaLogin = (file: string): Login | undefined => {
  checkTrust(file)
  const { data } = readYaml(file, readText(file), metaSchema)
  const [user, password] = [data.configUser ?? data.sshUser, data.configPassword ?? data.sshPassword]
  return user !== undefined && password !== undefined ? { user, password } : undefined
}

const withConfig = async (name: string, images: string): Promise<Image | undefined> => {
  const own = join(images, name)
  if (existsSync(join(own, CONFIG_NAME))) return loadImage({ directory: own, file: CONFIG_NAME })
  try {
    const known = (await loadCollection(images)).images
    return known.find(({ name: other, config }) => other === name || config.platform.slug === name)
  } catch (error) {
    // a directory of images that are all built in another way
    if (isAntidoteError(error) && error.code === 'COLLECTION_EMPTY') return undefined
    throw error
  }
}

/**
 * The image that a lesson names, with the plugins that configure what a lesson names: from its config in a directory of
 * images, else as its image.meta.yaml there has it, else with the platform's defaults. Throws what is wrong with either.
 */
export const findLessonImage = async (
  reference: string,
  images: string | undefined,
): Promise<LessonImage> => {
  const name = shortName(reference)
  const known = images === undefined ? undefined : await withConfig(name, images)
  const image = known ?? elsewhere(name)
  const further = (await loadLessonPlugins()).filter(
    (plugin) => !image.plugins.some((own) => own.name === plugin.name),
  )
  const complete = { ...image, plugins: [...image.plugins, ...further] }
  const meta = images === undefined ? undefined : join(images, name, META_FILE)
  const login = !known && meta !== undefined && existsSync(meta) ? metaLogin(meta) : undefined
  return { image: complete, ...(login && { login }) }
}
