import { afterEach, expect, test, vi } from 'vitest'
import logs from '../../core/cli/verbs/logs.ts'
import { temporary } from '../support/directory.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('no log to show: the hint names the list only where there is something in it', async () => {
  const store = temporary()
  vi.stubEnv('ANTIDOTE_CACHE_DIR', store)
  await expect(logs(undefined, { last: true })).rejects.toMatchObject({
    code: 'LOG_MISSING',
    message: `There is no log in ${store}.`,
    details: { hint: 'Every build writes one.' },
  })
  vi.stubEnv('ANTIDOTE_CACHE_DIR', temporary({ 'logs/other-2026-11-20T21-26-18-448Z-9586.log': 'line\n' }))
  await expect(logs('hello', { last: true })).rejects.toMatchObject({
    code: 'LOG_MISSING',
    details: { hint: '`antidote logs` lists those there are.' },
  })
})
