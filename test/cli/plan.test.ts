import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { planned } from '../../core/cli/verbs/plan.ts'
import { temporary } from '../support/directory.ts'

afterEach(() => vi.unstubAllEnvs())

const CONFIG = `import { debian } from 'antidote/plugins'
export default { name: 'lab', use: [debian()] }
`

test('a step that is gone is not needed where a later one is in the store', async () => {
  const directory = temporary({ 'antidote.config.ts': CONFIG })
  const store = temporary()
  vi.stubEnv('ANTIDOTE_CACHE_DIR', store)
  const built = async () =>
    (await planned({ directory })).stages
      .flatMap(({ stage, steps }) => steps.map((step) => ({ stage, ...step })))
      .filter(({ reason }) => reason !== 'runs every time')
  const entry = (key: string) => join(store, 'steps', key)
  const first = await built()
  expect(first.length).toBeGreaterThan(3)
  expect(first.every(({ cached, reason }) => !cached && reason === 'never built here')).toBe(true)

  for (const { key } of first.slice(0, -1)) {
    mkdirSync(entry(key), { recursive: true })
    writeFileSync(join(entry(key), 'record.json'), JSON.stringify({ version: 1, key }))
  }
  rmSync(entry(first[0]!.key), { recursive: true })
  const states = (await built()).map(({ cached, reason }) => [cached, reason])
  expect(states[0]).toEqual([true, 'not needed'])
  expect(states[1]).toEqual([true, 'cached'])
  // it is the last, and nothing that is there comes after it
  expect(states.at(-1)).toEqual([false, 'never built here'])
})
