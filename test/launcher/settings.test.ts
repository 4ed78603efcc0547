import { expect, test } from 'vitest'
import { readSettings } from '../../core/launcher/settings.ts'

test('an empty environment changes nothing', () => {
  expect(readSettings({})).toEqual({ state: '/var/tmp/antidote', spec: {} })
  expect(readSettings({ ANTIDOTE_MEMORY: '', ANTIDOTE_CPUS: '' }).spec).toEqual({})
})

test.for([
  ['512', 512],
  ['512M', 512],
  ['2G', 2048],
] as const)('ANTIDOTE_MEMORY=%s', ([text, mebibytes]) => {
  expect(readSettings({ ANTIDOTE_MEMORY: text }).spec).toEqual({ memory: mebibytes })
})

test('processors, accelerator and state', () => {
  const env = { ANTIDOTE_CPUS: '4', ANTIDOTE_ACCELERATOR: 'tcg', ANTIDOTE_STATE: '/data' }
  expect(readSettings(env)).toEqual({ state: '/data', spec: { cpus: 4, accelerator: 'tcg' } })
})

test.for([
  ['ANTIDOTE_MEMORY', 'lots'],
  ['ANTIDOTE_MEMORY', '0'],
  ['ANTIDOTE_MEMORY', '1T'],
  ['ANTIDOTE_CPUS', '0'],
  ['ANTIDOTE_CPUS', '1.5'],
  ['ANTIDOTE_ACCELERATOR', 'xen'],
] as const)('%s=%s is refused by name', ([name, value]) => {
  expect(() => readSettings({ [name]: value })).toThrow(
    expect.objectContaining({
      code: 'LAUNCHER_SETTING',
      message: expect.stringContaining(`${name} is "${value}"`),
    }),
  )
})
