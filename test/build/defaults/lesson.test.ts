import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { configureEndpoint } from '../../../core/build/configure.ts'
import type { Endpoint } from '../../../core/contract/plugin/endpoint.ts'
import { TreeGuest } from '../../../core/machine/guest/tree.ts'
import { anyHostKey } from '../../../core/machine/host-keys/host-keys.ts'
import { specOf } from '../../base/model/machine-spec.ts'
import { temporary } from '../../support/directory.ts'
import { buildOf, disk, imageOf, newStore, plugin } from '../../support/image.ts'
import { makeTree } from '../../support/tree.ts'

const base = makeTree(mkdtempSync(join(tmpdir(), 'antidote-tree-')))
afterAll(() => rmSync(base, { recursive: true, force: true }))

/** Runs the configure stage of an image on a guest; what it saw and said. */
const configured = async (lesson: string | undefined, upper: string, mounts = false) => {
  const seen: (string | undefined)[] = []
  const image = imageOf([
    disk(),
    plugin(({ configure }) => configure.tap('look', (e) => void seen.push(e.lesson))),
  ])
  const { build, events } = await buildOf(image, await newStore())
  const guest = new TreeGuest({ lower: [base], upper, work: temporary(), env: {} })
  const spec = specOf({ lesson: mounts })
  const endpoint: Endpoint = {
    name: 'img',
    guest,
    at: (port: number) => ({ host: '127.0.0.1', port, hostKeys: anyHostKey }),
    spec,
    ...(lesson !== undefined && { lesson }),
  }
  await build.stage('configure', endpoint)
  const said = events.flatMap((event) => (event.type === 'info' ? [event.text] : []))
  return { seen, said }
}

test('a guest that cannot mount the lesson gets a copy, before the plugins look', async () => {
  const upper = temporary()
  const lesson = temporary({ 'stage0/guide.md': 'one', 'stage0/gone': '', 'shared!': '#!/bin/sh\n' })
  symlinkSync('/etc/hostname', join(lesson, 'stage0/out'))
  expect(await configured(lesson, upper)).toEqual({
    seen: [lesson],
    said: [expect.stringContaining(`${lesson} → /antidote`)],
  })
  const copy = join(upper, 'antidote')
  expect(readFileSync(join(copy, 'stage0/guide.md'), 'utf8')).toBe('one')
  expect(lstatSync(join(copy, 'stage0/out')).isSymbolicLink()).toBe(true)
  expect(lstatSync(join(copy, 'shared')).mode & 0o777).toBe(0o755)

  rmSync(join(lesson, 'stage0/gone'))
  mkdirSync(join(lesson, 'stage1'))
  await configured(lesson, upper)
  expect(readdirSync(copy).sort()).toEqual(['shared', 'stage0', 'stage1'])
  expect(readdirSync(join(copy, 'stage0')).sort()).toEqual(['guide.md', 'out'])
})

test('a guest that mounts it gets none, and is told to', async () => {
  const upper = temporary()
  const { said } = await configured(temporary({ x: '' }), upper, true)
  expect(said).toEqual([expect.stringContaining('the guest mounts its lesson files at /antidote')])
  expect(readdirSync(upper)).toEqual([])
})

test('without a lesson nothing is copied, and nothing said', async () => {
  const upper = temporary()
  expect(await configured(undefined, upper)).toEqual({ seen: [undefined], said: [] })
  expect(readdirSync(upper)).toEqual([])
})

test('a lesson that is no directory is named before anything is reached', async () => {
  const { build } = await buildOf(imageOf([disk()]), await newStore())
  for (const lesson of ['/nowhere/at/all', '/etc/passwd']) {
    await expect(
      configureEndpoint(build, { host: '127.0.0.1', port: 1, hostKeys: anyHostKey, lesson }),
    ).rejects.toMatchObject({
      code: 'LESSON_DIRECTORY',
      message: expect.stringContaining(lesson),
    })
  }
})
