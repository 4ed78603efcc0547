import { expect } from 'vitest'
import { antidoteJson, imageDirectory } from '../cli.ts'
import type { Repository } from './repository.ts'

interface Tested {
  passed: number
  tests: { name: string; ok: boolean; message?: string }[]
}

/** What an image of the stand-in may say beside its repositories. */
export interface Details {
  /** Options of the preset, as a config has them. */
  options?: string
  /** Settings of the config, and plugins beside the preset. */
  settings?: string
  plugins?: string
  files?: Record<string, string>
}

/** An image whose packages are those of the stand-in for the distribution. */
export const standInImage = (
  work: string,
  repository: Repository,
  name: string,
  { options = '', settings = '', plugins = '', files = {} }: Details = {},
): string => {
  const repositories = ['os', 'extras'].map((each) => ({
    name: each,
    baseurl: `${repository.url}/${each}`,
    key: 'key.asc',
  }))
  return imageDirectory(
    work,
    name,
    `use: [centosEndpoint({ repositories: ${JSON.stringify(repositories)}, ${options} })${plugins}], ${settings}`,
    { 'key.asc': repository.key, ...files },
    "import { ansible } from 'antidote/plugins'",
  )
}

/** Runs all tests of an image; none fails. Gives how many there were. */
export const passedTests = async (directory: string): Promise<number> => {
  const report = await antidoteJson<Tested>(['-C', directory, 'test'])
  expect(
    report.tests?.filter(({ ok }) => !ok),
    JSON.stringify(report),
  ).toEqual([])
  return report.passed
}
