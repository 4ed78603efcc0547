import { expect, test } from 'vitest'
import { checkOptions, type PublishOptions } from '../../core/cli/verbs/publish-options.ts'

test.for<[PublishOptions, string, string]>([
  [{ changed: true, tag: ['a:b'] }, '--changed and --tag', '--preview'],
  [{ changed: 'images', meta: true }, '--changed and --meta', 'Publish one image'],
  [{ changed: true, dockerfile: 'ctx' }, '--changed and --dockerfile', 'Publish one image'],
  [{ changed: true, config: 'x.ts' }, '--changed and --config', 'Publish one image'],
  [{ meta: '-', to: 'h:5000/a' }, '--meta - and --to', 'Name a file'],
  [{ meta: '-', changed: true }, '--meta - and --changed', 'Name a file'],
  [{ meta: '-', withoutVendorDisk: true }, '--meta - and --without-vendor-disk', 'Name a file'],
  [{ changed: true, withoutVendorDisk: true }, '--changed and --without-vendor-disk', 'Publish one image'],
  [{ withoutVendorDisk: true, load: true }, '--without-vendor-disk and --load', 'Publish it twice'],
  [{ withoutVendorDisk: true, redistribute: true }, '--without-vendor-disk and --redistribute', 'twice'],
  [{ withoutVendorDisk: true, dockerfile: 'ctx' }, '--without-vendor-disk and --dockerfile', 'twice'],
])('%j contradict', ([options, names, hint]) => {
  const check = () => checkOptions(options)
  expect(check).toThrow(names)
  expect(check).toThrow(
    expect.objectContaining({
      code: 'OPTIONS_CONTRADICT',
      details: { exitCode: 2, hint: expect.stringContaining(hint) },
    }),
  )
})

test.for<PublishOptions>([
  {},
  { changed: true, preview: '1', to: 'h:5000', load: true, output: 'x', insecure: true },
  { meta: true, to: 'h:5000/a', dockerfile: 'ctx', tag: ['a'], preview: '1' },
  { meta: 'image.meta.yaml', load: true },
  { changed: true, to: 'h:5000/a', redistribute: true },
  { withoutVendorDisk: true, to: 'h:5000/a', output: 'x', tag: ['a'], meta: true },
  { meta: '-', config: 'antidote.config.ts' },
])('%j go together', (options) => {
  expect(() => checkOptions(options)).not.toThrow()
})
