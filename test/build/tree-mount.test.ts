import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { onOverlay, startChild } from '../support/child.ts'
import { temporary } from '../support/directory.ts'
import { makeTree } from '../support/tree.ts'

const PROGRAM = new URL('./children/changes.ts', import.meta.url)

/** A store of that name with a tree in it. */
const storeWithTree = (name: string): string => {
  const store = join(temporary(), name)
  const tree = join(store, 'steps/base/tree')
  mkdirSync(tree, { recursive: true })
  makeTree(tree)
  mkdirSync(join(tree, 'etc/full'))
  for (const [file, content] of [
    ['gone', ''],
    ['full/file', ''],
    ['table', 'own table\n'],
  ] as const)
    writeFileSync(join(tree, 'etc', file), content)
  return store
}

const seen = async (store: string, wrapper: readonly string[] = []): Promise<string[]> => {
  // not in /tmp, of which each command has its own
  const packages = mkdtempSync('/var/tmp/antidote-test-')
  onTestFinished(() => rmSync(packages, { recursive: true }))
  writeFileSync(join(packages, 'index'), 'packages of the host\n')
  const child = startChild(PROGRAM, [store, packages], wrapper)
  expect(await child.ended, child.output()).toBe(0)
  return child.output().trim().split('\n')
}

// what the steps say, then the tree that is left
const RESULT = [
  ...['scaffold', 'own table', 'packages of the host', 'refused', 'missing', 'one', 'gone'],
  ...['12:34 one', 'own', 'own table', 'run'],
]

test('a tree is changed in layers, whatever the store is called', async () => {
  const lines = await seen(storeWithTree('comma, colon: back\\slash'))
  expect(lines.filter((line) => line !== 'overlay 4')).toEqual(RESULT)
  expect(lines).toContain('overlay 4')
})

test('on another overlay it is changed in copies, with the same result', async () => {
  const store = storeWithTree('store')
  const lines = await seen(store, onOverlay(store, temporary()))
  expect(lines.filter((line) => line !== 'copies 1')).toEqual(RESULT)
  expect(lines).toContain('copies 1')
})
