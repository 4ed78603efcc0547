import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The antidote that runs, as packages of others refer to it. */
export interface Installation {
  /** Where its package is. */
  directory: string
  /** Whether npm may link its command: npm sets the mode of what it links, which only the owner may. */
  linkable: boolean
}

/** Finds the package that this code is part of, built or not. */
export const installation = (): Installation => {
  let directory = import.meta.dirname
  while (!existsSync(join(directory, 'package.json'))) directory = resolve(directory, '..')
  const { bin } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    bin: { antidote: string }
  }
  const user = process.getuid?.()
  const command = statSync(join(directory, bin.antidote), { throwIfNoEntry: false })
  return { directory, linkable: user === 0 || command === undefined || command.uid === user }
}
