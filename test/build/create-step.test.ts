import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Cleanup } from '../../core/base/async/cleanup.ts'
import type { Tree } from '../../core/base/model/artifact.ts'
import { createStep, type StepParts } from '../../core/build/create-step.ts'
import { nameService } from '../../core/store/namespace/name-service.ts'
import { type Operation, runIn } from '../../core/store/namespace/namespace.ts'
import { Store } from '../../core/store/store.ts'
import type { Toolbox, ToolboxOptions } from '../../core/store/toolbox/toolbox.ts'
import { temporary } from '../support/directory.ts'
import { imageOf } from '../support/image.ts'
import { makeTree } from '../support/tree.ts'

/** A step whose tools are those of this host. */
const aStep = async () => {
  const store = await new Store(join(temporary(), 'store')).open()
  const draft = await store.draft('key')
  const cleanup = new Cleanup()
  onTestFinished(async () => {
    await cleanup.run()
    await draft.discard()
  })
  const run = (argv: readonly string[], { writable = [], mounts = false }: ToolboxOptions) => {
    const operations: Operation[] = [{ host: true }, ...writable.map((bind) => ({ bind }))]
    return runIn({ operations, mounts })(argv)
  }
  const step = await createStep({
    image: imageOf([]),
    store,
    draft,
    cleanup,
    key: 'key',
    needs: {},
    masked: new Set<string>(),
    log: { info: () => {}, warn: () => {}, line: () => {} },
    signal: new AbortController().signal,
    toolbox: async () => ({ run }) as unknown as Toolbox,
    network: async () => ({ names: await nameService(), resolver: '/etc/resolv.conf' }),
  } as unknown as StepParts)
  const shell = (script: string, mounts = true) =>
    step.run(['sh', '-ec', script, 'sh', step.out, step.work], { mounts })
  return { store, draft, step, shell }
}

test.each([
  ['a link', 'ln -s /etc "$1/base"'],
  ['a link', 'ln -s /etc/passwd "$2/dangling"'],
  ['a FIFO', 'mkfifo "$1/vmlinuz"'],
])('%s that a program of a package leaves where the build writes ends the step: %s', async (kind, script) => {
  const { shell } = await aStep()
  await expect(shell(script)).rejects.toMatchObject({
    code: 'STEP_STRANGE',
    message: expect.stringContaining(`left ${kind} at `),
  })
})

test('what a tool of the toolbox leaves is its own business', async () => {
  const { shell } = await aStep()
  await shell('mkdir "$1/base"; ln -s base "$1/link"', false)
})

test('programs of packages lay no trap for what later writes of a step go through', async () => {
  const { store, step, shell } = await aStep()
  const victim = join(temporary({ victim: 'precious' }), 'victim')
  const base = join(store.directory, 'steps/base/tree')
  mkdirSync(join(store.directory, 'steps/base'))
  mkdirSync(base)
  makeTree(base)
  writeFileSync(join(base, 'etc/resolv.conf'), '')
  const traps = ['layer-0.scaffold/usr/sbin', 'layer-0.overlay.names/etc', 'layer-0.overlay']
  await shell(`cd "$2"; mkdir -p ${traps.join(' ')}
    ln -s ${victim} layer-0.scaffold/usr/sbin/program
    for name in hosts resolv.conf; do ln -s ${victim} "layer-0.overlay.names/etc/$name"; done`)
  const tree: Tree = {
    kind: 'tree',
    key: '',
    layers: [{ step: 'base', path: 'tree' }],
    scaffold: { files: { '/usr/sbin/program': '#!/bin/sh\n' } },
  }
  await step.edit(tree, async (guest) => void (await guest.exec(['true'])))
  expect(readFileSync(victim, 'utf8')).toBe('precious')
})

test('a link instead of the record leads no write out of the store', async () => {
  const { draft, shell } = await aStep()
  const victim = join(temporary({ victim: 'precious' }), 'victim')
  await shell(`ln -s ${victim} "$1/record.json"`, false)
  await draft.commit({ version: 1, key: 'key', refers: [], ms: 0 } as unknown as Parameters<
    typeof draft.commit
  >[0])
  expect(readFileSync(victim, 'utf8')).toBe('precious')
  expect(JSON.parse(readFileSync(join(draft.directory, '../../steps/key/record.json'), 'utf8')).key).toBe(
    'key',
  )
})
