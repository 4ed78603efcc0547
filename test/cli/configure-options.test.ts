import { expect, test } from 'vitest'
import { parseEndpoint, parseNamedForward } from '../../core/cli/arguments/parse.ts'
import { type ConfigureOptions, checkOptions } from '../../core/cli/verbs/configure-options.ts'

const leaf = { endpoint: 'leaf', host: 'h', port: 22 }

test.for<[string | undefined, ConfigureOptions, string]>([
  ['lesson', { host: 'h' }, '--host'],
  ['lesson', { lesson: 'dir' }, '--lesson'],
  ['lesson', { forward: [{ from: 1, to: 2 }] }, '--forward <endpoint>=<port>:<port>'],
  [undefined, { host: 'h', endpoint: [leaf] }, '--endpoint'],
  [undefined, { host: 'h', forward: [{ endpoint: 'leaf', from: 1, to: 2 }] }, '--forward'],
])('lesson %s with %j', ([lesson, options, message]) => {
  expect(() => checkOptions(lesson, options)).toThrow(message)
})

test.for<[string | undefined, ConfigureOptions]>([
  ['lesson', { endpoint: [leaf], forward: [{ endpoint: 'leaf', from: 1, to: 2 }], only: ['leaf'], stage: 1 }],
  [undefined, { host: 'h', port: 2222, forward: [{ from: 1, to: 2 }], stage: 1, images: 'x' }],
])('lesson %s with %j is fine', ([lesson, options]) => {
  expect(() => checkOptions(lesson, options)).not.toThrow()
})

test.for([
  ['leaf=10.0.0.1', { endpoint: 'leaf', host: '10.0.0.1', port: 22 }],
  ['leaf=host:2222', { endpoint: 'leaf', host: 'host', port: 2222 }],
  ['leaf=[fd00::1]', { endpoint: 'leaf', host: 'fd00::1', port: 22 }],
  ['leaf=[fd00::1]:23', { endpoint: 'leaf', host: 'fd00::1', port: 23 }],
  ['leaf', undefined],
  ['leaf=host:0', undefined],
  ['=host', undefined],
] as const)('the endpoint %s', ([text, expected]) => {
  expect(parseEndpoint(text)).toEqual(expected)
})

test.for([
  ['8830:830', { from: 8830, to: 830 }],
  ['leaf=8830:830', { endpoint: 'leaf', from: 8830, to: 830 }],
  ['leaf=8830', undefined],
] as const)('the forward %s', ([text, expected]) => {
  expect(parseNamedForward(text)).toEqual(expected)
})
