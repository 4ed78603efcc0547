import { stripVTControlCharacters } from 'node:util'

/** The columns of the terminal that standard output is; without end where it is none, as in a pipe. */
export const terminalWidth = (): number =>
  process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY

/** How many columns a text takes, without its colours. */
const lengthOf = (text: string): number => stripVTControlCharacters(text).length

/** Text in lines of at most so many columns. A word that is longer has a line of its own and is not cut, so that paths can be copied. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && lengthOf(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}

/** A cell narrower than this is better on a line of its own. */
const NARROW = 28

/**
 * A row whose last cell is long: it goes on below itself, or on the next line where there is no room beside the others.
 * `lead` is what stands before it, padded to its columns.
 */
export const hanging = (lead: string, text: string, width: number, indent = 4): string[] => {
  const at = lengthOf(lead)
  const beside = width - at >= NARROW || at + lengthOf(text) <= width
  const below = beside ? at : indent
  const lines = wrap(text, width - below)
  const [first = '', ...rest] = lines
  const blank = ' '.repeat(below)
  return beside
    ? [`${lead}${first}`.trimEnd(), ...rest.map((line) => `${blank}${line}`)]
    : [lead.trimEnd(), ...lines.map((line) => `${blank}${line}`)]
}
