import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomName, sha256 } from '../base/files/digest.ts'
import type { Image } from '../contract/config/image.ts'
import type { BuildStage } from '../contract/plugin/stages.ts'

/** What was last built of an image. */
export interface Built {
  image: string
  /** The config. */
  file: string
  /** The stage that the build went to, and the key of its result. */
  stage: BuildStage
  key: string
  /** When, as ISO 8601 has it. */
  time: string
}

const ENDING = '.image.json'

/** Remembers for `antidote images` what was built. */
export const writeBuilt = async (
  store: { directory: string },
  { name, file }: Image,
  { stage, key }: Pick<Built, 'stage' | 'key'>,
): Promise<void> => {
  const path = join(store.directory, 'history', `${sha256(`${file}\0${name}`).slice(0, 32)}${ENDING}`)
  const temporary = `${path}.${randomName()}`
  const built: Built = { image: name, file, stage, key, time: new Date().toISOString() }
  await writeFile(temporary, JSON.stringify(built), { mode: 0o600 })
  await rename(temporary, path)
}

const isBuilt = (data: unknown): data is Built =>
  typeof data === 'object' &&
  data !== null &&
  (['image', 'file', 'stage', 'key', 'time'] as const).every(
    (name) => typeof (data as Built)[name] === 'string',
  )

/** Everything that was built into a store, the newest first. */
export const readBuilt = async (directory: string): Promise<Built[]> => {
  const names = await readdir(join(directory, 'history')).catch(() => [])
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith(ENDING))
      .map(async (name) => {
        try {
          const data: unknown = JSON.parse(await readFile(join(directory, 'history', name), 'utf8'))
          return isBuilt(data) ? [data] : []
        } catch {
          // one that is being removed, or was cut off
          return []
        }
      }),
  )
  return found.flat().sort((a, b) => b.time.localeCompare(a.time))
}
