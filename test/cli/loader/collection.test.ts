import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadCollection } from '../../../core/cli/loader/collection.ts'
import { temporary } from '../../support/directory.ts'

const config = (name: string) =>
  `import { defineImage } from 'antidote'\nexport default defineImage({ name: '${name}', use: [] })\n`

test('every directory with a config is an image, but for hidden ones and packages', async () => {
  const root = temporary({
    'antidote.config.ts': config('root'),
    'b/antidote.config.ts': config('b'),
    'a/deep/antidote.config.ts': config('deep'),
    '.hidden/antidote.config.ts': config('hidden'),
    'node_modules/x/antidote.config.ts': config('installed'),
    'empty/README.md': '',
  })
  const { images, broken } = await loadCollection(root)
  expect(images.map(({ name }) => name)).toEqual(['root', 'deep', 'b'])
  expect(images.map(({ directory }) => directory)).toEqual([root, join(root, 'a/deep'), join(root, 'b')])
  expect(broken).toEqual([])
})

test('a link to a directory elsewhere is an image like any other', async () => {
  const elsewhere = temporary({
    'b/antidote.config.ts': config('b'),
    'more/deep/antidote.config.ts': config('deep'),
  })
  const root = temporary({ 'z/antidote.config.ts': config('z'), 'a file': '' })
  symlinkSync(join(elsewhere, 'b'), join(root, 'b'))
  symlinkSync(join(elsewhere, 'more'), join(root, 'more'))
  const { images } = await loadCollection(root)
  expect(images.map(({ name }) => name)).toEqual(['z', 'b', 'deep'])
  expect(images.map(({ directory }) => directory)).toEqual([
    join(root, 'z'),
    join(root, 'b'),
    join(root, 'more/deep'),
  ])
})

test('links that lead to nothing, to a file, back or above are no images of their own', async () => {
  const above = temporary({
    'other/antidote.config.ts': config('other'),
    'root/a/antidote.config.ts': config('a'),
  })
  const root = join(above, 'root')
  symlinkSync('nowhere', join(root, 'dangling'))
  symlinkSync('a/antidote.config.ts', join(root, 'file'))
  symlinkSync('a', join(root, 'again'))
  symlinkSync('.', join(root, 'a/loop'))
  symlinkSync('..', join(root, 'up'))
  symlinkSync('/', join(root, 'top'))
  const { images, broken } = await loadCollection(root)
  expect(images.map(({ name }) => name)).toEqual(['a'])
  expect(broken).toEqual([])
})

test('a config with a mistake does not hide the others', async () => {
  const root = temporary({
    'bad/antidote.config.ts': 'export default {',
    'good/antidote.config.ts': config('good'),
  })
  const { images, broken } = await loadCollection(root)
  expect(images.map(({ name }) => name)).toEqual(['good'])
  expect(broken).toMatchObject([{ directory: join(root, 'bad'), error: { code: 'CONFIG_SYNTAX' } }])
})

test('two images of one name are an error that names both files', async () => {
  const root = temporary({
    'one/antidote.config.ts': config('same'),
    'two/antidote.config.ts': config('same'),
  })
  const error = await loadCollection(root).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'COLLECTION_TWINS' })
  for (const name of ['one', 'two']) expect(error.message).toContain(join(root, name, 'antidote.config.ts'))
})

test('a directory without an image, or none at all, is an error', async () => {
  await expect(loadCollection(temporary())).rejects.toMatchObject({ code: 'COLLECTION_EMPTY' })
  await expect(loadCollection('/nowhere/at/all')).rejects.toMatchObject({
    code: 'CONFIG_UNREADABLE',
    message: expect.stringContaining('it does not exist'),
  })
})
