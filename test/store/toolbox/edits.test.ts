import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runIn } from '../../../core/store/namespace/namespace.ts'
import { temporary } from '../../support/directory.ts'
import { makeTree } from '../../support/tree.ts'

test('tools change a tree in its uppermost layer, and nothing below', async () => {
  const tools = makeTree(temporary())
  const below = temporary({ 'etc/name': 'below\n' })
  const at = temporary()
  const [upper, work] = [join(at, 'upper'), join(at, 'work')]
  for (const path of [upper, work]) mkdirSync(path)
  writeFileSync(join(below, 'etc/gone'), '')
  const edit = { edit: { at: '/tree', lower: [below], upper, work } }
  const { stdout } = await runIn({ operations: [{ tools: [tools] }, edit] })([
    'sh',
    '-c',
    'cat /tree/etc/name; echo over >/tree/etc/name; rm /tree/etc/gone; ls /tree/etc',
  ])
  expect(stdout).toBe('below\nname\n')
  expect(readFileSync(join(upper, 'etc/name'), 'utf8')).toBe('over\n')
  expect(readFileSync(join(below, 'etc/name'), 'utf8')).toBe('below\n')
  expect(existsSync(join(below, 'etc/gone'))).toBe(true)
})
