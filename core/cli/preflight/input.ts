import { errors } from '../../base/errors/catalogue.ts'
import { at, may } from './paths.ts'
import type { Check } from './preflight.ts'

/** A file or directory that is read at the end: it is there, is what it should be, and may be read. */
export const input =
  (option: string, path: string, kind: 'file' | 'directory'): Check =>
  async () => {
    const there = at(path)
    const fail = (reason: string) => errors.inputUnusable(option, path, reason)
    if (!there) throw fail('it does not exist')
    if (!(kind === 'file' ? there.isFile() : there.isDirectory())) throw fail(`it is not a ${kind}`)
    if (!may(path, 'read')) throw fail('you may not read it')
    return []
  }
