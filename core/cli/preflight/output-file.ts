import { dirname } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { at, unwritable } from './paths.ts'
import type { Check } from './preflight.ts'

/** A file that is written at the end: its directory is there and takes it, and it replaces nothing but a file. */
export const outputFile =
  (option: string, path: string): Check =>
  async () => {
    const fail = (reason: string) => errors.outputUnusable(option, path, reason)
    const there = at(path)
    if (there?.isDirectory()) throw fail('it is a directory, and a file is to be written')
    if (there && !there.isFile()) throw fail('there is something else than a file')
    const parent = dirname(path)
    if (!at(parent)) throw fail(`the directory ${parent} does not exist`)
    const reason = unwritable(parent)
    if (reason) throw fail(reason)
    return []
  }
