import { expect, test } from 'vitest'
import { Board, stateLine } from '../../../core/launcher/report/board.ts'
import { statusOf } from '../face.ts'

test('a state comes with its reason and time, and another one without', () => {
  const board = new Board(statusOf())
  board.set('failed', 'it is broken')
  expect(board.document).toMatchObject({ state: 'failed', why: 'it is broken' })
  expect(Date.parse(board.document.since)).toBeGreaterThan(Date.parse(board.document.started))
  expect(stateLine(board.document)).toBe('failed: it is broken')
  board.set('ready')
  expect(board.document.state).toBe('ready')
  expect(board.document).not.toHaveProperty('why')
  expect(stateLine(board.document)).toBe('ready')
})

test('tells of each change once', () => {
  const board = new Board(statusOf())
  const seen: string[] = []
  board.on('change', (document) => seen.push(stateLine(document)))
  board.set('booting')
  board.set('booting')
  board.update({ bootMs: 12 })
  board.set('booting', 'slowly')
  expect(seen).toEqual(['booting', 'booting', 'booting: slowly'])
  expect(board.document.bootMs).toBe(12)
})

test('a new reason does not make a state younger', () => {
  const board = new Board(statusOf({ state: 'failed', why: 'one' }))
  board.set('failed', 'another')
  expect(board.document).toMatchObject({ why: 'another', since: statusOf().since })
})

test('what was handed out before does not change', () => {
  const board = new Board(statusOf())
  const before = board.document
  board.set('booting')
  expect(before.state).toBe('starting')
})

test('a machine that stops becomes off or fails, and off is the end', () => {
  const board = new Board(statusOf({ state: 'stopping' }))
  board.set('ready')
  expect(board.document.state).toBe('stopping')
  board.set('failed', 'it was not off in time')
  expect(board.document.state).toBe('failed')
  board.set('off')
  board.set('failed', 'too late')
  expect(board.document).toMatchObject({ state: 'off' })
  expect(board.document).not.toHaveProperty('why')
})

test('a password is never in it', () => {
  const settings = { ANTIDOTE_PASSWORD: 'secret', ANTIDOTE_CPUS: '2' }
  const board = new Board(statusOf({ settings }))
  expect(board.document.settings).toEqual({ ANTIDOTE_PASSWORD: '(hidden)', ANTIDOTE_CPUS: '2' })
  board.update({ settings: { ...settings, ANTIDOTE_CPUS: '3' } })
  expect(JSON.stringify(board.document)).not.toContain('secret')
  expect(board.document.settings.ANTIDOTE_CPUS).toBe('3')
})
