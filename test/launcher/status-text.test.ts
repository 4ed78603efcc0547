import { expect, test } from 'vitest'
import { statusText } from '../../core/launcher/commands/status-text.ts'
import { statusOf } from './face.ts'

test('says what a restored guest has in common with others', () => {
  const shared = ['SSH host keys', 'machine-id']
  const text = statusText(statusOf({ snapshot: { restored: true, ms: 80, shared } }))
  expect(text).toMatch(/^snapshot +restored in 80 ms$/m)
  for (const what of shared) expect(text).toContain(`shared with other containers: ${what}\n`)
})

test('says how it took an identity, and what it was not told', () => {
  const snapshot = { restored: true, ms: 80, shared: [] } as const
  const took = statusText(statusOf({ snapshot: { ...snapshot, shared: [], identity: { ms: 120 } } }))
  expect(took).toContain('took an identity of its own in 120 ms\n')
  const identity = { reason: 'nothing listens' }
  const lacks = ['the MTU 9000 of slot 1']
  const text = statusText(statusOf({ snapshot: { ...snapshot, shared: [], identity, lacks } }))
  expect(text).toContain('has no identity of its own: nothing listens\n')
  expect(text).toContain('not told to the guest: the MTU 9000 of slot 1\n')
})

test('says why a saved machine was not used, and nothing where there is none', () => {
  const snapshot = { restored: false, reason: 'it was saved under TCG' } as const
  expect(statusText(statusOf({ snapshot }))).toMatch(/^snapshot +not used: it was saved under TCG$/m)
  expect(statusText(statusOf())).not.toContain('snapshot')
})
