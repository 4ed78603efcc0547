import { expect, test } from 'vitest'
import { namesBelow, namesOf, previewTag } from '../../../core/publish/oci/names.ts'

test.for([
  [{}, ['utility:latest'], undefined],
  [{ tag: ['a/b:v1', 'c'] }, ['a/b:v1', 'c:latest'], undefined],
  [{ to: 'h:5000/a/b:v1' }, ['utility:latest'], 'h:5000/a/b:v1'],
  [{ preview: '12' }, ['utility:preview-12'], undefined],
  [
    { preview: '12', tag: ['a/b', 'h:5000/c'], to: 'h:5000/a/b' },
    ['a/b:preview-12', 'h:5000/c:preview-12'],
    'h:5000/a/b:preview-12',
  ],
] as const)('%j names an image', ([wishes, refs, to]) => {
  const names = namesOf('utility', wishes)
  expect(names.refs).toEqual(refs)
  expect(names.to).toBe(to)
})

test.for([
  [{ preview: '12', tag: ['a/b:v1'] }, 'PREVIEW_TAG', '--tag has the tag "v1"'],
  [{ preview: '12', to: 'h:5000/a/b:v1' }, 'PREVIEW_TAG', '--to has the tag "v1"'],
  [{ preview: 'feature/x' }, 'PREVIEW_INVALID', '"feature/x"'],
  [{ preview: '' }, 'PREVIEW_INVALID', '""'],
  [{ preview: 'x'.repeat(121) }, 'PREVIEW_INVALID', 'xxx'],
  [{ tag: ['A'] }, 'REFERENCE_INVALID', '"A"'],
] as const)('%j is refused', ([wishes, code, says]) => {
  const names = () => namesOf('utility', wishes)
  expect(names).toThrow(expect.objectContaining({ code }))
  expect(names).toThrow(says)
})

test('the longest preview makes the longest tag there is', () => {
  expect(previewTag('x'.repeat(120))).toHaveLength(128)
})

test.for([
  [undefined, undefined, 'frr:latest', undefined],
  [undefined, '7', 'frr:preview-7', undefined],
  ['h:5000', undefined, 'frr:latest', 'h:5000/frr:latest'],
  ['h:5000/labs', '7', 'frr:preview-7', 'h:5000/labs/frr:preview-7'],
  ['h:5000/labs/x:v2', undefined, 'frr:v2', 'h:5000/labs/x/frr:v2'],
] as const)('of a collection below %s, with the preview %s', ([prefix, preview, ref, to]) => {
  const names = namesBelow(prefix, 'frr', preview)
  expect(names.refs).toEqual([ref])
  expect(names.to).toBe(to)
})

test('a prefix without a registry, and one with a tag beside a preview, are refused', () => {
  expect(() => namesBelow('labs', 'frr', undefined)).toThrow(
    expect.objectContaining({ code: 'REGISTRY_MISSING' }),
  )
  expect(() => namesBelow('h:5000/labs:v2', 'frr', '7')).toThrow(
    expect.objectContaining({ code: 'PREVIEW_TAG' }),
  )
})

test.for([
  [{}, undefined],
  [{ tag: ['a/b:v1', 'c'] }, 'v1'],
  [{ tag: ['a/b', 'c:v2'] }, 'v2'],
  [{ tag: ['a/b'], to: 'h:5000/a/b:v3' }, 'v3'],
  [{ tag: ['a/b:latest'], to: 'h:5000/a/b' }, undefined],
  [{ preview: '12' }, 'preview-12'],
] as const)('%j says which version it is', ([wishes, version]) => {
  expect(namesOf('utility', wishes).version).toBe(version)
})

test('the tag of a collection is the version of its images', () => {
  expect(namesBelow('h:5000/labs/x:v2', 'frr', undefined).version).toBe('v2')
  expect(namesBelow('h:5000/labs', 'frr', undefined).version).toBeUndefined()
  expect(namesBelow(undefined, 'frr', '7').version).toBe('preview-7')
})
