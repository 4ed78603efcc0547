import { describe, expect, test } from 'vitest'
import { optionChecks } from '../../../core/contract/plugin/option-checks.ts'
import { refusal } from '../../support/refusal.ts'

const { bad, known, list, memory, oneOf, text, vendorDisk, whole } = optionChecks('box', 'docs/box')

test('what is wrong is told with the name of the plugin', () => {
  expect(bad('the port is 0.', 'Use another.')).toMatchObject({
    code: 'PLUGIN_OPTION',
    message: 'box: the port is 0.',
    details: { exitCode: 2, hint: 'Use another.' },
  })
  expect(bad('the port is 0.').details).not.toHaveProperty('hint')
})

describe('options that are not known', () => {
  test.each([
    [{ memroy: 1 }, undefined, 'box: "memroy" is not an option. Did you mean "memory"?'],
    [{ memory: 1, zzzzzzzz: 1 }, undefined, 'box: "zzzzzzzz" is not an option. docs/box lists them.'],
    [{ constructor: 1 }, undefined, 'box: "constructor" is not an option. docs/box lists them.'],
    [{ prt: 1 }, 'test[0].', 'box: "test[0].prt" is not an option. Did you mean "port"?'],
    [{ memory: 1, port: undefined }, undefined, ''],
  ])('%j', (options, where, told) => {
    expect(refusal(() => known(options, ['memory', 'port'], where))).toBe(told)
  })

  test('without a page that lists them', () => {
    expect(refusal(() => optionChecks('box').known({ zzzzzzzz: 1 }, ['port']))).toBe(
      'box: "zzzzzzzz" is not an option. Its options are port.',
    )
  })

  test.each([
    [undefined, undefined, 'box: needs options. docs/box lists them.'],
    ['Welcome', undefined, 'box: the argument must be an object; it is "Welcome". docs/box lists them.'],
    [null, undefined, 'box: the argument must be an object; it is null. docs/box lists them.'],
    [['port'], undefined, 'box: the argument must be an object; it is a list. docs/box lists them.'],
    ['port', 'test[0].', 'box: test[0] must be an object; it is "port". docs/box lists them.'],
    [undefined, 'test[0].', 'box: test[0] must be an object; it is undefined. docs/box lists them.'],
  ])('%j instead of an object', (options, where, said) => {
    expect(refusal(() => known(options as never, ['memory', 'port'], where))).toBe(said)
  })
})

test.each([
  [undefined, 'text is missing.'],
  [42, 'text must be a text; it is 42.'],
  [' ', 'text is empty.'],
])('no text: %j', (value, said) => {
  expect(text('text', 'Welcome')).toBe('Welcome')
  expect(refusal(() => text('text', value as never, 'Hello'))).toBe(`box: ${said} Write text: 'Hello'.`)
})

test.each([
  ['systmd', 'init is "systmd", which is not one of minimal, systemd. Write init: \'systemd\'.'],
  ['zzzzzzzz', 'init is "zzzzzzzz", which is not one of minimal, systemd. Choose one of minimal, systemd.'],
])('one of several: %s', (value, told) => {
  expect(oneOf('init', 'systemd', ['minimal', 'systemd'])).toBe('systemd')
  expect(refusal(() => oneOf('init', value, ['minimal', 'systemd']))).toBe(`box: ${told}`)
})

test('a list, and one item in place of it', () => {
  expect([list('packages', ['jq']), list('packages', undefined)]).toEqual([['jq'], []])
  expect(refusal(() => list('packages', 'jq' as never))).toBe(
    'box: packages must be a list; it is "jq". Write packages: [\'jq\'].',
  )
  expect(refusal(() => list('sources', {} as never, '{ line }'))).toBe(
    'box: sources must be a list; it is an object. Write sources: [{ line }].',
  )
})

test.each([-1, 10, 1.5, '5', Number.NaN])('no whole number from 0 to 9: %s', (value) => {
  expect([0, 9].map((good) => whole('interfaces', good, 0, 9))).toEqual([0, 9])
  expect(refusal(() => whole('interfaces', value as number, 0, 9))).toBe(
    `box: interfaces is ${value}. Use a whole number from 0 to 9.`,
  )
})

describe('memory', () => {
  test.each([
    ['2G', 2048],
    ['1.5G', 1536],
    ['128M', 128],
  ])('%s', (size, mib) => expect(memory(size, '')).toBe(mib))

  test.each([
    ['2048', 'memory is "2048", which is no size. Write it like "2G".'],
    ['127M', 'memory is "127M", with which nothing starts. Use "1G" or more.'],
  ])('%s is refused', (size, told) => {
    expect(refusal(() => memory(size, 'Use "1G" or more.'))).toBe(`box: ${told}`)
  })
})

describe("a vendor's disk", () => {
  const sha256 = 'a'.repeat(64)

  test.each([
    { path: 'box.qcow2', sha256 },
    { url: 'https://host/box.qcow2', sha256 },
  ])('%j', (disk) => expect(vendorDisk(disk, "the box's disk", 'box.qcow2')).toBe(disk))

  test.each([
    undefined,
    { sha256 },
    { path: 'box.qcow2' },
    { path: 'box.qcow2', sha256: 'A'.repeat(64) },
    { path: 'box.qcow2', url: 'https://host/box.qcow2', sha256 },
  ])('%j is refused', (disk) => {
    expect(refusal(() => vendorDisk(disk as never, "the box's disk", 'box.qcow2'))).toBe(
      "box: disk must say where the box's disk is, and its sha256. " +
        "Write disk: { path: 'box.qcow2', sha256: '…' }; `sha256sum` tells the digest.",
    )
  })
})
