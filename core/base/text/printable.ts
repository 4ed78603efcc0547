import { StringDecoder } from 'node:string_decoder'

/** Escape sequences of terminals, complete or cut off. No two parts of a branch match the same character, so it is linear. */
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])(?:[^\0-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c))?|\x1b[ -/]*[0-~]?/g

/** Colours alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const COLOURS = /(?:\x1b\[|\x9b)[\d;:]*m/g

/** Every C0 and C1 control but tab and newline. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g

/** What changes the direction of the text around it, or is a line end to some programs and invisible to others. */
const INVISIBLE = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

const codePoint = (character: string): string =>
  `<U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`

/** What a line shows in the end: each carriage return starts it anew. */
const lastState = (line: string): string => {
  let end = line.length
  while (line[end - 1] === '\r') end--
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end)
}

/**
 * Text of a script, a guest, a registry or a file, made safe for a terminal: no escape sequences and control characters,
 * and what reorders text is shown by its code point. Of a line that was written over with carriage returns the last state
 * is left. Takes time in proportion to the text.
 */
export const printable = (text: string): string => {
  const plain = text.replace(ESCAPES, '')
  const lines = plain.includes('\r') ? plain.split('\n').map(lastState).join('\n') : plain
  return lines.replace(CONTROLS, '').replace(INVISIBLE, codePoint)
}

/** JSON without a raw character that a terminal would obey; programs read the same from it. */
export const printableJson = (data: unknown, indent?: number): string =>
  JSON.stringify(data, null, indent).replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Gives on what a command prints, piece by piece: as it is, and to a terminal what is safe for one. */
export const passOn = (stream: NodeJS.WriteStream): ((chunk: Uint8Array) => void) => {
  const decoder = new StringDecoder('utf8')
  return (chunk) => {
    stream.write(stream.isTTY ? printable(decoder.write(chunk)) : chunk)
  }
}

const escaped = (character: string): string =>
  character === '\r' ? '\\r' : `\\x${character.codePointAt(0)!.toString(16).padStart(2, '0')}`

/** The same text for a log: colours are left out, everything else is kept and control characters are written as escapes. */
export const loggable = (text: string): string =>
  text
    .replace(/\r+$/gm, '')
    .replace(COLOURS, '')
    .replace(CONTROLS, escaped)
    .replace(INVISIBLE, codePoint)
    // a line of a log begins with its time; the text may not forge one
    .replaceAll('\n', '\n    ')

/** The beginning of a text whose length is not ours to choose, short enough for a sentence. */
export const shortened = (text: string, most = 200): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text
