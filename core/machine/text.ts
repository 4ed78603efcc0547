import { stripVTControlCharacters } from 'node:util'

/** A line of a terminal as plain text: no colours, cursor movements or other control characters. */
export const plainLine = (line: string): string =>
  stripVTControlCharacters(line)
    .replace(/\r+$/, '')
    // what a carriage return wrote over is not to be seen
    .replace(/^.*\r/, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
    .trimEnd()
