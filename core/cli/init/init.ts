import { readdirSync, statSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { reasonOf } from '../../base/errors/explained.ts'
import { nearest } from '../../base/text/nearest.ts'
import { installation } from './installation.ts'
import { imageName } from './name.ts'
import { isImage, ownName, presetNames, type TemplateFile, templateFiles } from './templates.ts'

/** A directory that was written. */
export interface Initialised {
  /** The image's name, or the plugin's. */
  image?: string
  plugin?: string
  directory: string
  files: string[]
}

/** Whether the directory is there, and may be filled. Throws INIT_OCCUPIED. */
const present = (preset: string, directory: string): boolean => {
  const stats = statSync(directory, { throwIfNoEntry: false })
  if (!stats) return false
  if (!stats.isDirectory()) throw errors.initOccupied(preset, directory, 'is not a directory')
  // a repository that was just made is as good as empty
  const entry = readdirSync(directory).find((name) => name !== '.git')
  if (entry !== undefined) throw errors.initOccupied(preset, directory, `already has ${entry} in it`)
  return true
}

/** The files appear all together: in a directory that is renamed, or in one of the user's, one by one. */
const write = async (directory: string, files: readonly TemplateFile[], exists: boolean): Promise<void> => {
  const staging = await mkdtemp(join(exists ? directory : dirname(directory), '.antidote-init-'))
  const placed: string[] = []
  try {
    for (const { name, content, mode } of files) {
      await mkdir(dirname(join(staging, name)), { recursive: true, mode: 0o755 })
      await writeFile(join(staging, name), content)
      await chmod(join(staging, name), mode)
    }
    if (!exists) {
      await chmod(staging, 0o755)
      return await rename(staging, directory)
    }
    for (const name of new Set(files.map((file) => file.name.split('/')[0]!))) {
      await rename(join(staging, name), join(directory, name))
      placed.push(join(directory, name))
    }
  } catch (error) {
    for (const entry of placed) await rm(entry, { recursive: true, force: true })
    throw error
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/**
 * Writes a directory of an image or of a plugin from a template, by default in one with the name of the preset.
 * Throws PRESET_UNKNOWN, INIT_OCCUPIED for a directory with something in it, and INIT_FAILED.
 */
export const initImage = async (preset: string, where: string = preset): Promise<Initialised> => {
  const known = presetNames()
  if (!known.includes(preset))
    throw errors.presetUnknown(preset, known.filter(isImage), nearest(preset, known))
  const directory = resolve(where)
  const own = ownName(preset, imageName(basename(directory)) ?? preset)
  const files = templateFiles(preset, 'plugin' in own ? own.plugin : own.image, installation())
  let made: string | undefined
  try {
    const exists = present(preset, directory)
    if (!exists) made = await mkdir(dirname(directory), { recursive: true })
    await write(directory, files, exists)
  } catch (error) {
    if (made) await rm(made, { recursive: true, force: true })
    throw error instanceof Error && 'syscall' in error
      ? errors.initFailed(directory, reasonOf(error as NodeJS.ErrnoException))
      : error
  }
  return {
    ...own,
    directory,
    files: files.map((file) => file.name),
  }
}
