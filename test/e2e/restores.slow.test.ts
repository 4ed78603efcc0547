import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { imageDirectory } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { restoreOnce, type SavedBuild, savedMachine } from './saved-machine.ts'

const work = temporaryDirectory()
let saved: SavedBuild

beforeAll(async () => {
  const image = imageDirectory(
    work,
    'restores',
    "use: [debianEndpoint()], machine: { memory: '512M', interfaces: 3, snapshot: true },",
  )
  saved = await savedMachine(image)
})

test('a hundred restores, two at a time: each guest runs, and its SSH server answers', async ({ signal }) => {
  const left = Array.from({ length: 100 }, (_, n) => join(work, `restore-${n}`))
  const failed: string[] = []
  const lane = async () => {
    for (let at = left.pop(); at !== undefined; at = left.pop()) {
      try {
        await restoreOnce(saved, at, signal)
      } catch (error) {
        failed.push(`${at}: ${(error as Error).message}`)
      }
    }
  }
  await Promise.all([lane(), lane()])
  expect(failed).toEqual([])
})
