import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toolset } from '../../../core/contract/plugin/toolset.ts'
import { runIn } from '../../../core/store/namespace/namespace.ts'
import { temporary } from '../../support/directory.ts'
import { disk, imageOf, planOf, plugin } from '../../support/image.ts'
import { makeTree } from '../../support/tree.ts'

test('is the same whatever the order of its packages', () => {
  const [a, b] = [toolset(['rpm', 'dnf']), toolset(['dnf', 'rpm', 'dnf'])]
  expect([a.name, a.inputs]).toEqual([b.name, b.inputs])
})

test('is one for every plugin and stage that names it', () => {
  const uses = ['one', 'two'].map((name) =>
    plugin(
      ({ kernel, test }) => {
        const options = { name: 'tap', inputs: {}, needs: { tools: toolset(['dnf']) } }
        kernel.tap(options, (tree) => tree)
        test.tap(options, () => {})
      },
      { name },
    ),
  )
  const plan = planOf(imageOf([disk(), ...uses]))
  const taps = [...plan.kernel, ...plan.test].filter(({ needs }) => needs.tools)
  expect(taps).toHaveLength(4)
  expect(new Set(taps.map(({ needs }) => needs.tools!.key)).size).toBe(1)
})

test('its layer stands over the tools, and nothing of how that is done is seen', async () => {
  const below = makeTree(temporary())
  writeFileSync(join(below, 'etc/name'), 'below\n')
  const over = temporary({ 'usr/bin/more': '#!/bin/sh\necho more', 'etc/name': 'over\n' })
  chmodSync(join(over, 'usr/bin/more'), 0o755)
  const { stdout } = await runIn({ operations: [{ tools: [over, below] }] })([
    'sh',
    '-c',
    'more; cat /etc/name; ls -d /.[!.]* 2>/dev/null; cp /etc/name /usr/bin/x 2>/dev/null || echo read-only',
  ])
  expect(stdout).toBe('more\nover\nread-only\n')
})
