import { expect, test } from 'vitest'
import { publishedDocument, publishedText } from '../../core/cli/display/published.ts'
import type { Published } from '../../core/publish/publish.ts'

const layer = (role: string, redistributable = true) => ({
  role,
  mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd',
  digest: 'sha256:cd' as const,
  bytes: 2048,
  redistributable,
})

const published = (
  layers: Published['layout']['layers'],
  change: Partial<Published['layout']> = {},
  pushed?: string,
): Published => ({
  layout: {
    directory: '/layouts/router',
    name: 'router',
    user: 'antidote',
    refs: ['router:latest'],
    key: 'c0ffee',
    manifestDigest: 'sha256:ab',
    configDigest: 'sha256:ef',
    layers,
    ...change,
  },
  engines: [],
  ...(pushed && { pushed }),
})

test('an image of what anybody may have is told without a word about that', () => {
  const one = published([layer('runtime'), layer('disk')])
  expect(publishedText(one)).not.toContain('vendor')
  expect(publishedDocument(one).layers).toEqual([
    { role: 'runtime', digest: 'sha256:cd', bytes: 2048 },
    { role: 'disk', digest: 'sha256:cd', bytes: 2048 },
  ])
})

test("a vendor's bits are told by the layers that they are in", () => {
  const one = published([
    layer('runtime'),
    layer('disk', false),
    layer('disk', false),
    layer('snapshot', false),
  ])
  expect(publishedText(one)).toContain(
    "A vendor's bits are in it (disk and snapshot): it is for your own use",
  )
  expect(publishedDocument(one).layers[1]).toMatchObject({ redistributable: false })
})

test("without the vendor's disk, the command that completes it is told", () => {
  const one = published([layer('runtime')], { completes: 'sha256:12' })
  expect(publishedText(one)).toMatch(/^completes to sha256:12$/m)
  expect(publishedText(one)).toMatch(/^ {2}antidote hydrate \/layouts\/router --disk <file>$/m)
  expect(publishedDocument(one)).toMatchObject({ digest: 'sha256:ab', completes: 'sha256:12' })
  const there = published([layer('runtime')], { completes: 'sha256:12' }, 'registry.example/router:v1')
  expect(publishedText(there)).toMatch(/^ {2}antidote hydrate registry\.example\/router:v1 --disk <file>$/m)
  expect(publishedDocument(there).refs).toEqual(['router:latest', 'registry.example/router:v1'])
})

test('the hints name the engine at hand, and the password that everybody knows', () => {
  const one = published([layer('runtime')])
  const text = publishedText({ ...one, engines: ['docker'], password: 'antidotepassword' })
  expect(text).toMatch(/^ {2}docker run -d --name router -p 127\.0\.0\.1:2222:22 router:latest$/m)
  expect(text).toMatch(/^ {2}ssh -p 2222 antidote@127\.0\.0\.1 {4}# the password is antidotepassword$/m)
  expect(text).not.toContain('podman')
  // one that somebody set is his to know
  expect(publishedText({ ...one, engines: ['podman'] })).toMatch(/^ {2}ssh -p 2222 antidote@127\.0\.0\.1$/m)
})

test('the report of an archive says how to load it', () => {
  const also = { archive: "/tmp/it's.tar" }
  const text = publishedText(published([layer('runtime')]), also)
  expect(text).toMatch(/^archive \/tmp\/it's\.tar$/m)
  expect(text).toContain(`  podman load --input '/tmp/it'\\''s.tar'`)
  const loaded = { ...published([layer('runtime')]), engines: ['podman' as const] }
  expect(publishedText(loaded, also)).not.toContain('podman load')
})
