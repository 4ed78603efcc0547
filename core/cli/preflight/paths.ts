import { accessSync, constants, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** What is at a path, if anything; a link counts as what it leads to. */
export const at = (path: string): Stats | undefined => {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

/** Whether this process may do that with a file. */
export const may = (path: string, what: 'read' | 'write'): boolean => {
  try {
    accessSync(path, what === 'read' ? constants.R_OK : constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** The directory itself, or the nearest above it that is there. */
export const nearestAbove = (path: string): string => (at(path) ? path : nearestAbove(dirname(path)))

/** Why files cannot be made in a directory that is there; undefined if they can. */
export const unwritable = (directory: string): string | undefined => {
  if (!at(directory)?.isDirectory()) return `${directory} is not a directory`
  return may(directory, 'write') ? undefined : `you may not write in ${directory}`
}
