import { expect, test } from 'vitest'
import { run } from '../../core/base/process/run.ts'
import { writeLayer } from '../../core/publish/oci/layer.ts'
import { writeLayout } from '../../core/publish/oci/layout.ts'
import { alreadyPublished } from '../../core/publish/publish.ts'
import type { Toolbox } from '../../core/store/toolbox/toolbox.ts'
import { image, scratch } from './oci/help.ts'

const layoutOf = async () => {
  const directory = scratch()
  const options = { role: 'disk', directory, compression: 'gzip', run } as const
  const layer = await writeLayer([{ path: 'a', content: 'a' }], options)
  return writeLayout(directory, image, ['utility:latest'], [layer])
}

/** A registry in which these annotations stand under every name. */
const registry = (annotations: Record<string, string>) => async () =>
  ({
    run: async () => ({ code: 0, stdout: JSON.stringify({ annotations }), stderr: '' }),
  }) as unknown as Toolbox

const { signal } = new AbortController()
const nowhere = { toolbox: registry({}), signal }

test('without a registry the layout is the truth', async () => {
  const { directory, manifestDigest, refs } = await layoutOf()
  const publication = { directory, refs, tests: 'once' } as const
  expect(await alreadyPublished('c0ffee', publication, nowhere)).toMatchObject({ digest: manifestDigest })
  expect(await alreadyPublished('other', publication, nowhere)).toBeUndefined()
  const renamed = { ...publication, refs: ['utility:preview-1'] }
  expect(await alreadyPublished('c0ffee', renamed, nowhere)).toBeUndefined()
})

test('with a registry the registry is, whatever the layout holds', async () => {
  const { directory, refs } = await layoutOf()
  const publication = { directory, refs, to: '127.0.0.1:5000/utility:latest', tests: 'once' } as const
  const there = { toolbox: registry({ 'io.antidote.key': 'c0ffee' }), signal }
  expect(await alreadyPublished('c0ffee', publication, there)).toMatchObject({ key: 'c0ffee' })
  expect(await alreadyPublished('c0ffee', publication, nowhere)).toBeUndefined()
})
