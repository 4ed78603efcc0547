import { expect, onTestFinished, test, vi } from 'vitest'
import type { ImageInput } from '../../core/contract/config/input.ts'
import type { Plugin } from '../../core/contract/plugin/plugin.ts'
import { imageKey } from '../../core/publish/image-key.ts'
import { RUNTIME_PROGRAMS } from '../../core/publish/oci/runtime-files.ts'
import { temporary, write } from '../support/directory.ts'
import { disk, imageOf, planOf, plugin } from '../support/image.ts'

const launcher = vi.hoisted(() => ({ digest: 'one' }))

// from the sources there is no bundled launcher to digest
vi.mock('../../core/base/files/digest.ts', async (original) => {
  const digest = await original<typeof import('../../core/base/files/digest.ts')>()
  const sha256File: typeof digest.sha256File = async (path, signal) =>
    path.endsWith('/launcher.mjs') ? launcher.digest : digest.sha256File(path, signal)
  return { ...digest, sha256File }
})

const keyOf = (input: Partial<ImageInput> = {}, use: Plugin[] = [disk()], directory?: string) => {
  const image = imageOf(use, input, directory)
  return imageKey(image, planOf(image))
}

test('is the same for the same, and known without a run', async () => {
  let ran = 0
  const key = await keyOf({}, [disk(() => ran++)])
  expect(key).toMatch(/^[0-9a-f]{64}$/)
  expect(await keyOf()).toBe(key)
  expect(ran).toBe(0)
})

test.for<Partial<ImageInput>>([
  { name: 'other' },
  { description: 'other' },
  { version: 'v2' },
  { labels: { a: 'b' } },
  { ports: ['22/tcp', '80/tcp'] },
  { layers: 'gzip' },
  { machine: { snapshot: true } },
  { platform: { flavor: 'trusted' } },
  { machine: { memory: '1G' } },
])('hangs on %j', async (input) => {
  expect(await keyOf(input)).not.toBe(await keyOf())
})

test('hangs on a step of every stage that an image goes through, and on no other', async () => {
  const tapped = (stage: 'bootstrap' | 'boot' | 'test' | 'publish' | 'configure') =>
    keyOf({}, [disk(), plugin((hooks) => hooks[stage].tap('tap', (() => undefined) as never))])
  const before = await keyOf()
  for (const stage of ['bootstrap', 'boot', 'test', 'publish'] as const)
    expect(await tapped(stage), stage).not.toBe(before)
  expect(await tapped('configure')).toBe(before)
})

test('hangs on the content of a test script', async () => {
  const directory = temporary({ 'test.sh!': '#!/bin/sh\n' })
  const key = () => keyOf({ test: 'test.sh' }, [disk()], directory)
  const before = await key()
  write(directory, { 'test.sh!': '#!/bin/sh\ntrue\n' })
  expect(await key()).not.toBe(before)
})

test('hangs on the launcher and on what the runtime is cut from', async () => {
  const before = await keyOf()
  launcher.digest = 'two'
  onTestFinished(() => {
    launcher.digest = 'one'
    RUNTIME_PROGRAMS.splice(RUNTIME_PROGRAMS.indexOf('/usr/bin/other'), 1)
  })
  const other = await keyOf()
  expect(other).not.toBe(before)
  RUNTIME_PROGRAMS.push('/usr/bin/other')
  expect(await keyOf()).not.toBe(other)
})
