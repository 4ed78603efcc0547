import { expect, test } from 'vitest'
import type { Echo } from '../../../core/machine/serial/echo.ts'
import { EnterEcho } from '../../../core/machine/serial/echo.ts'
import { Escapes } from '../../../core/machine/serial/escapes.ts'
import { Screen } from '../../../core/machine/serial/screen.ts'
import { SecretEcho } from '../../../core/machine/serial/secret-echo.ts'
import { TypedEcho } from '../../../core/machine/serial/typed-echo.ts'

/** What is left of what came. */
const left = (echo: Echo, said: string): string => {
  const escapes = new Escapes()
  const screen = new Screen(() => {})
  const all = [...escapes.push(Buffer.from(said)).flatMap((token) => echo.push(token)), ...echo.release()]
  for (const token of all) screen.put(token)
  return screen.text
}

test.each([
  ['as it was typed', 'show version'],
  ['character by character with colours', '\x1b[1ms\x1b[0mhow \x1b[Kversion'],
  ['wrapped', 'show ver \rsion'],
  ['wrapped with a line break', 'show ve\r\nrsion'],
])('an echo that comes %s is taken out', (_name, said) => {
  const echo = new TypedEcho('show version')
  expect(left(echo, `before ${said} after`)).toMatch(/^before .*after$/)
  expect(left(new TypedEcho('show version'), said)).not.toMatch(/show|ver|sion/)
  expect(echo.done).toBe(true)
})

test('an echo is known in a line that is redrawn', () => {
  const echo = new TypedEcho('show version')
  for (const token of new Escapes().push(Buffer.from('show v\r<prompt> show version\b\b'))) echo.push(token)
  expect(echo.done).toBe(true)
})

test('what is not the echo passes, and an echo with something in it is known for that', () => {
  const other = new TypedEcho('show version')
  expect(left(other, 'nothing of the kind\r\n')).toBe('nothing of the kind\n')
  expect(other.scattered).toBeUndefined()
  const mixed = new TypedEcho('show version')
  for (const token of new Escapes().push(Buffer.from('show v<another line>\r\nersion'))) mixed.push(token)
  expect([mixed.done, mixed.scattered !== undefined]).toEqual([false, true])
})

test('an echo cannot hold blanks back for ever', () => {
  const echo = new TypedEcho('ab')
  const passed = Array.from({ length: 10_000 }, () => echo.push({ text: 'a\r\n ' })).flat()
  expect(passed.length).toBeGreaterThan(9000)
})

test.each([
  ['shown', 's3cret-word\r\nnext: ', '••••\nnext: '],
  ['wrapped', 's3cret- \rword\r\nnext', '••••\nnext'],
  ['cut off when the echo is switched off', 's3cre\r\nnext', '••••'],
  ['not shown, as it should be', '\r\ns3cret: ', '\ns3cret: '],
  ['not shown, and followed by what begins like it', 's3ptember\r\n', 's3ptember\n'],
])('a secret that is %s is not in what is left', (_name, said, expected) => {
  expect(left(new SecretEcho('s3cret-word', '••••'), said)).toContain(expected)
  expect(left(new SecretEcho('s3cret-word', '••••'), said)).not.toContain('s3cre\n')
})

test('of Enter only its own end of line is taken', () => {
  expect(left(new EnterEcho(), '\r\n\r\noutput')).toBe('\noutput')
  expect(left(new EnterEcho(), 'output\r\n')).toBe('output\n')
})
