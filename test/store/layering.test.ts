import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Store } from '../../core/store/store.ts'
import { onOverlay, startChild, withoutCall } from '../support/child.ts'
import { temporary } from '../support/directory.ts'
import { entry, keyFor } from '../support/store.ts'

const said = async (store: string, wrapper: readonly string[]): Promise<string> => {
  const child = startChild(new URL('./children/layering.ts', import.meta.url), [store], wrapper)
  expect(await child.ended, child.output()).toBe(0)
  return child.output().trim()
}

test('layers, where overlayfs can write to the file system; tried once, and nothing is left of it', async () => {
  const directory = temporary()
  const store = await new Store(directory).open()
  expect(await store.layering()).toBe('overlay')
  expect(readdirSync(join(directory, 'tmp'))).toEqual([])
  const known = readFileSync(join(directory, 'layering.json'), 'utf8')
  // a kernel that makes no namespace is not asked
  const UNSHARE = 272
  expect(await said(directory, withoutCall(UNSHARE))).toBe('overlay')
  expect(readFileSync(join(directory, 'layering.json'), 'utf8')).toBe(known)
})

test('copies on another overlay, as in a container; what is known of another place does not count', async () => {
  const directory = temporary()
  expect(await (await new Store(directory).open()).layering()).toBe('overlay')
  expect(await said(directory, onOverlay(directory, temporary()))).toBe('copies')
})

test('a kernel that makes no namespaces is said so at once', async () => {
  const UNSHARE = 272
  expect(await said(temporary(), withoutCall(UNSHARE))).toBe('NAMESPACE_FAILED')
})

test('root of a kernel without user namespaces builds only where it is said that programs of trees may have its rights', async () => {
  // root, with every right over namespaces but those of users
  const forbid = 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"'
  const wrapper = ['unshare', '--user', '--map-root-user', 'sh', '-ec', forbid, 'sh']
  expect(await said(temporary(), wrapper)).toBe('NAMESPACE_FAILED')
  const allowed = [...wrapper, 'env', 'ANTIDOTE_WITHOUT_USER_NAMESPACE=1']
  expect(await said(temporary(), allowed)).toMatch(/^(overlay|copies)$/)
})

test('an entry of a layer below, as of the image of a container, is removed and replaced', async () => {
  const store = await new Store(temporary()).open()
  const { key, files } = await entry(store, keyFor('a'), { first: '' })
  const wrapper = onOverlay(store.directory, temporary())
  const child = startChild(new URL('./children/remove.ts', import.meta.url), [store.directory, key], wrapper)
  expect(await child.ended, child.output()).toBe(0)
  expect(child.output()).toBe(`{\n  first: '${files.first}'\n}\nundefined\n[ 'second' ]\n`)
})
