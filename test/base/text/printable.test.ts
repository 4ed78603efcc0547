import { expect, test } from 'vitest'
import { loggable, passOn, printable, printableJson } from '../../../core/base/text/printable.ts'

const ESC = '\u001b'

test.each([
  ['plain text', 'plain text'],
  ['täst 名前 🦀', 'täst 名前 🦀'],
  [`${ESC}]0;a title\u0007text`, 'text'],
  [`${ESC}]52;c;aGFja2Vk${ESC}\\text`, 'text'],
  [`${ESC}[2J${ESC}[H${ESC}[31mtext${ESC}[0m`, 'text'],
  [`${ESC}ctext`, 'text'],
  [`${ESC}P1;2|69${ESC}\\text`, 'text'],
  ['\u009b2Jtext\u009d0;title\u009c', 'text'],
  [`te${ESC}[xt`, 'te' + 't'],
  [`${ESC}]0;never ended`, '0;never ended'],
  ['a\u0000b\u0008c\u007f', 'abc'],
  ['a\tb\nc', 'a\tb\nc'],
  ['user\u202Egnp.exe', 'user<U+202E>gnp.exe'],
  ['a\u2066b\u2069\u200f', 'a<U+2066>b<U+2069><U+200F>'],
  ['10%\r50%\r100%', '100%'],
  ['10%\r50%\r\r\nnext\r', '50%\nnext'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(text)).toBe(shown)
})

test('a log keeps the text, safe to print, and no line of it can be forged', () => {
  expect(loggable(`${ESC}[32mok${ESC}[0m ${ESC}]0;title\u0007 1%\r2%\r`)).toBe(
    'ok \\x1b]0;title\\x07 1%\\r2%',
  )
  expect(loggable('one\r\n2026-01-01 antidote: done')).toBe('one\n    2026-01-01 antidote: done')
  expect(loggable('\u009b2J\u202e')).toBe('\\x9b2J<U+202E>')
})

/** The worst inputs that were found, of a length; none may take more than its share where it is doubled. */
const WORST: Record<string, (length: number) => string> = {
  'carriage returns': (length) => `${'\r'.repeat(length)}x`,
  'states of a bar': (length) => 'a\r'.repeat(length / 2),
  'starts of sequences': (length) => `${ESC}[`.repeat(length / 2),
  'titles that do not end': (length) => `${ESC}]0;`.repeat(length / 4),
  'a sequence of digits': (length) => `${ESC}[${'0;'.repeat(length / 2)}`,
  'escapes with blanks': (length) => `${ESC}${' '.repeat(length)}`,
}

// a quadratic pattern takes minutes for a megabyte, a linear one a fraction of a second
test.each(Object.keys(WORST))('a megabyte of %s', { timeout: 20_000 }, (name) => {
  const text = WORST[name]!(1 << 20)
  expect(printable(text).length).toBeLessThanOrEqual(text.length)
  expect(loggable(text)).not.toContain(ESC)
})

test('JSON has no raw character that a terminal obeys, and is read as it was written', () => {
  const data = { text: `a\u009b2J\u202Eb\ufeff${ESC}[2J` }
  expect(printableJson(data)).toBe(String.raw`{"text":"a\u009b2J\u202eb\ufeff\u001b[2J"}`)
  expect(JSON.parse(printableJson(data, 2))).toEqual(data)
})

test('what a command prints is left as it is, but for a terminal', () => {
  const passed = (isTTY: boolean, ...pieces: string[]) => {
    const written: Uint8Array[] = []
    const write = (piece: Uint8Array | string) => written.push(Buffer.from(piece))
    const pass = passOn({ isTTY, write } as unknown as NodeJS.WriteStream)
    for (const piece of pieces) pass(Buffer.from(piece, 'latin1'))
    return Buffer.concat(written).toString('latin1')
  }
  const pieces = [`a${ESC}]52;c;aGk=\u0007b${ESC}`, '[2Jc\u00c3', '\u00a4\u00c2', '\u009b2Jd\r\n']
  expect(passed(false, ...pieces)).toBe(pieces.join(''))
  // cut in the middle, what is left of a sequence is text; of the bytes of a character nothing is lost
  expect(passed(true, ...pieces)).toBe('ab[2Jc\u00c3\u00a4d\n')
})
