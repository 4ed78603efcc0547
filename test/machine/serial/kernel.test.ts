import { expect, test } from 'vitest'
import { Escapes } from '../../../core/machine/serial/escapes.ts'
import { isKernelLine, Kernel } from '../../../core/machine/serial/kernel.ts'

const split = (said: string) => {
  const messages: string[] = []
  const kernel = new Kernel((message) => messages.push(message))
  const escapes = new Escapes()
  let text = ''
  for (const character of said) {
    for (const token of escapes.push(Buffer.from(character)).flatMap((one) => kernel.push(one)))
      text += 'text' in token ? token.text : token.control === 'feed' ? '\n' : ''
  }
  return { text, messages, held: kernel.held }
}

test('takes messages out of the line in which they came', () => {
  expect(split('log[   12.345678] eth0: up\r\nin: [12345.000001][  T42] with a caller\r\n')).toEqual({
    text: 'login: ',
    messages: ['[   12.345678] eth0: up', '[12345.000001][  T42] with a caller'],
    held: '',
  })
})

test.each(['[edit]\n', '[ 12 ]\n', '[1/3] [  OK  ] x[2.5]\n', '[[[ 1.\n', '[  12.3456] short\n'])(
  '%j is none',
  (said) => {
    expect(split(said)).toEqual({ text: said, messages: [], held: '' })
  },
)

test('holds what may become one, and ends one that has no end', () => {
  expect(split('# [  12.34')).toEqual({ text: '# ', messages: [], held: '[  12.34' })
  const { text, messages } = split(`[    1.000000] ${'x'.repeat(5000)}\nafter\n`)
  expect(messages).toHaveLength(1)
  expect(text.endsWith('after\n')).toBe(true)
})

test('tells its lines from others', () => {
  expect(['[    0.000000] Linux', 'a [    0.000000] b', '[edit]'].map(isKernelLine)).toEqual([
    true,
    false,
    false,
  ])
})
