import { expect, test } from 'vitest'
import { Escapes } from '../../../core/machine/serial/escapes.ts'
import { Screen, WINDOW } from '../../../core/machine/serial/screen.ts'

const show = (...chunks: (string | Buffer)[]) => {
  const escapes = new Escapes()
  const lines: string[] = []
  const screen = new Screen((line) => lines.push(line))
  for (const chunk of chunks) for (const token of escapes.push(Buffer.from(chunk))) screen.put(token)
  return { screen, lines, text: screen.text }
}

test.each([
  ['lines', 'one\r\ntwo\nthree  \r\r\nfour ', 'one\ntwo\nthree\nfour '],
  ['a progress bar', 'fetching\r\n 10% [#    ]\r 90% [#### ]\rdone        \r\n', 'fetching\ndone\n'],
  ['backspaces', 'ab\b\bAB\b \b', 'A '],
  ['colours and a title', '\x1b]0;title\x07\x1b[1;32mok\x1b[0m \x1b(B\x1b=x\x1b]2;other\x1b\\', 'ok x'],
  ['a line that is erased', 'password?\r\x1b[Kx', 'x'],
  ['a prompt below which all is erased', '\r\x1b[J# \x1b[J', '# '],
  ['movements', 'abcdef\x1b[3Dx\x1b[1Cy\x1b[2GB', 'aBcxey'],
  ['text that is put here and there', '\x1b[2J\x1b[1;1HGRUB\x1b[5;3Hentry', 'GRUB\nentry'],
  ['what begins a sequence and is none', 'a\x1b\r\nb\x1b[\nc\x1b]never ended\nd', 'a\nb[\nc]never ended\nd'],
  ['bells, NULs and tabs', 'a\x07\x00\tb\x7f', 'a\tb'],
])('shows %s', (_name, said, shown) => {
  expect(show(said).text).toBe(shown)
  // wherever it is cut
  expect(show(...Array.from(Buffer.from(said), (byte) => Buffer.from([byte]))).text).toBe(shown)
})

test('joins the bytes of characters, and takes other bytes for what they are', () => {
  const bytes = Buffer.from('naïve ✓\n')
  expect(show(...Array.from(bytes, (byte) => Buffer.from([byte]))).text).toBe('naïve ✓\n')
  expect(show(Buffer.from([0xff, 0x41, 0x0a])).text).toBe('\ufffdA\n')
})

test('keeps a window of endless output, and of a line without an end', () => {
  const { screen, lines } = show('x'.repeat(10_000_000), '\nlast\n')
  expect(screen.text.length).toBeLessThan(2 * WINDOW)
  expect(screen.text.endsWith('xx\nlast\n')).toBe(true)
  expect(lines.at(-1)).toBe('last')
  const many = show(...Array.from({ length: 100 }, () => 'some line\n'.repeat(1000)), 'end')
  expect(many.text.length).toBeLessThanOrEqual(2 * WINDOW + 3)
  expect(many.text.endsWith('some line\nend')).toBe(true)
})

test('forgets what is consumed, and logs a line whole', () => {
  const { screen, lines } = show('one\nlogin: ro')
  screen.consume(11)
  expect(screen.text).toBe('ro')
  screen.put({ text: 'ot' })
  screen.put({ control: 'feed', count: 0 })
  expect(screen.text).toBe('root\n')
  expect(lines).toEqual(['one', 'login: root'])
})

test('a column that no terminal has is the last one', () => {
  for (const move of ['\x1b[999999999G', '\x1b[999999999C', '\x1b[99999999999999999999G'])
    expect(show(`a${move}b\n`).text.length).toBeLessThan(WINDOW)
})

test('a long line that is written over at its beginning takes time with what is written', () => {
  const { screen } = show('y'.repeat(16_000))
  for (let count = 0; count < 4_000_000; count++) {
    screen.put({ control: 'return', count: 0 })
    screen.put({ text: 'x' })
  }
  expect(screen.text).toBe(`x${'y'.repeat(15_999)}`)
})
