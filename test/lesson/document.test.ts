import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { readYaml } from '../../core/lesson/document.ts'

const schema = z.looseObject({ endpoints: z.array(z.looseObject({ name: z.string() })) })
const read = (text: string) => readYaml('/l/lesson.meta.yaml', text, schema)

const MIB = 1024 * 1024
/** A little less than is refused for its length alone. */
const filled = (text: string) => text.repeat(Math.floor((MIB - 100) / text.length))
const counted = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n')

const refusal = (text: string): { message: string; details: unknown } => {
  try {
    read(text)
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^LESSON_(SYNTAX|INVALID)$/) })
    return error as { message: string; details: unknown }
  }
  throw new Error('it was read')
}

test('a lesson of many lines, with aliases, is read', () => {
  const lines = counted(3000, (index) => `  - { name: n${index}, image: i }`)
  expect(
    read(`endpoints:
${lines}`).data.endpoints,
  ).toHaveLength(3000)
  const some = counted(99, (index) => `  - { name: n${index}, image: *i }`)
  expect(read(`image: &i router\nendpoints:\n${some}`).data.endpoints[98]).toEqual({
    name: 'n98',
    image: 'router',
  })
})

test.each([
  ['a key that is there twice', 'a: 1\nb: 2\na: 3', /Map keys must be unique/, 3],
  ['a key that is there twice in a list', 'a:\n- { b: 1, b: 2 }', /Map keys must be unique/, 2],
  ['an alias of nothing', 'a: *b', /Unresolved alias/, undefined],
])('%s is refused', (_, text, message, line) => {
  const error = refusal(text)
  expect(error.message).toMatch(message)
  expect(error.details).toMatchObject({ place: { file: '/l/lesson.meta.yaml' } })
  expect((error.details as { place: { line?: number } }).place.line).toBe(line)
})

const bomb = (open: string, item: (index: number, level: number) => string, close: string) =>
  `a0: &a0 ${open}x: x${close}\n${counted(9, (level) => `a${level + 1}: &a${level + 1} ${open}${Array.from({ length: 10 }, (_, index) => item(index, level)).join(', ')}${close}`)}`

// the parser needs minutes for some of these: the limit of the test is what fails then
describe.each<[string, string, RegExp]>([
  [
    'aliases of aliases in lists',
    bomb('[', (_, level) => `*a${level}`, ']'),
    /its aliases stand for other aliases/,
  ],
  [
    'aliases of aliases in maps',
    bomb('{', (index, level) => `k${index}: *a${level}`, '}'),
    /its aliases stand for/,
  ],
  ['aliases', `a: &a x\nb:\n${filled('- *a\n')}`, /more than 100 aliases/],
  ['names and aliases', counted(40_000, (index) => `- &a${index} x\n- *a${index}`), /more than 100 aliases/],
  ['merged maps', `a: &a {x: 1}\n${filled('<<: *a\n')}`, /more than 100 aliases/],
  ['3,000 levels of lists', `a: ${'['.repeat(3000)}${']'.repeat(3000)}`, /nested too deep/],
  ['3,000 levels of maps', `a: ${'{a: '.repeat(3000)}${'}'.repeat(3000)}`, /nested too deep/],
  ['1,400 levels in one line', `${'- '.repeat(1400)}a: b`, /nested too deep|must be an object/],
  ['levels of lines', counted(1400, (index) => `${' '.repeat(index)}a:`), /nested too deep/],
  ['lists that do not end', `a: ${filled('[')}`, /more than 100000 words/],
  ['entries of entries', filled('- '), /more than 100000 words/],
  ['keys of their own', counted(100_000, (index) => `k${index}: v`), /more than 100000 words/],
  [
    'as many keys as can be',
    `a: {${counted(33_000, (index) => `k${index},`).replaceAll('\n', '')}}`,
    /is missing/,
  ],
  ['one key', filled('a: b\n'), /more than 100000 words/],
  ['names', filled('- &a x\n'), /more than 100000 words/],
  ['documents', filled('---\n'), /more than 100000 words/],
  ['directives', `${filled('%TAG ! x\n')}---\n`, /more than 100000 words/],
  ['a tag', `a: ${filled('!')}`, /^.{0,300}$/],
  ['a key', `${filled('a')}: b`, /1024/],
  ['blank lines', `a: x${filled('\n')} y`, /is missing/],
  ['escapes', `a: "${filled('\\x41')}"`, /is missing/],
  ['quotes that do not end', `a: "${filled(' \n')}`, /Missing closing/],
  ['a text in lines', `a: |\n${filled(' x\n')}`, /is missing/],
  ['a folded text', `a: >\n${filled(' x\n\n  y\n')}`, /is missing/],
  ['a number', `a: ${filled('1:')}x`, /is missing/],
  ['reserved characters', filled('@\n'), /reserved character/],
  ['more than is read', 'a'.repeat(MIB + 1), /more than 1048576 characters/],
])('1 MB of the worst: %s', (_, text, message) => {
  test('is refused, in one sentence', { timeout: 20_000 }, () => {
    expect(refusal(text).message).toMatch(message)
  })
})

test('nothing of it is printed by the parser', () => {
  const warned = vi.spyOn(process, 'emitWarning')
  refusal('? [ "\\e[2J" ]\n: a\n')
  expect(warned).not.toHaveBeenCalled()
  warned.mockRestore()
})
