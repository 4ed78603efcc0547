import { expect, test } from 'vitest'
import { announcement } from '../../../core/build/plugin-testing/plugin.ts'

test('a test of a plugin says that the tools are made, and nothing of what is quick', () => {
  const step = { type: 'step', plugin: 'antidote', tap: 'toolbox' } as const
  expect(announcement({ ...step, stage: 'toolbox', state: 'start' })).toMatch(/once on this host/)
  expect(announcement({ ...step, stage: 'toolbox', state: 'waiting' })).toMatch(/Another process/)
  expect(announcement({ ...step, stage: 'toolbox', state: 'done' })).toBeUndefined()
  expect(announcement({ ...step, stage: 'rootfs', state: 'start' })).toBeUndefined()
  expect(announcement({ type: 'line', text: 'x' })).toBeUndefined()
})
