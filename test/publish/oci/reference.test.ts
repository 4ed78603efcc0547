import { expect, test } from 'vitest'
import { formatReference, parseReference } from '../../../core/publish/oci/reference.ts'

test.for([
  ['antidotelabs/utility:v0.4.0', { path: 'antidotelabs/utility', tag: 'v0.4.0' }],
  ['antidotelabs/utility', { path: 'antidotelabs/utility', tag: 'latest' }],
  ['utility:preview-12', { path: 'utility', tag: 'preview-12' }],
  ['localhost/x:1', { registry: 'localhost', path: 'x', tag: '1' }],
  ['127.0.0.1:5000/a/b_c__d-e.f:T_1', { registry: '127.0.0.1:5000', path: 'a/b_c__d-e.f', tag: 'T_1' }],
  ['[::1]:5000/a:b', { registry: '[::1]:5000', path: 'a', tag: 'b' }],
  ['Registry.Example/a', { registry: 'Registry.Example', path: 'a', tag: 'latest' }],
] as const)('reads %s', ([text, expected]) => {
  expect(parseReference(text)).toEqual(expected)
  expect(parseReference(formatReference(parseReference(text)))).toEqual(expected)
})

test.for([
  ['antidotelabs/Utility:v1', '"Utility" may have only lower-case letters'],
  ['antidotelabs//x:v1', 'a part of its name is empty'],
  ['', 'a part of its name is empty'],
  ['a/b:', 'the tag ""'],
  ['a/b:-x', 'the tag "-x"'],
  ['a/b:x y', 'the tag "x y"'],
  [`a/b:${'t'.repeat(129)}`, 'must be 1 to 128'],
  ['a..b/c:v', '"a..b" is not a host'],
  ['a/b--.c:v', '"b--.c"'],
  ['host:port/a:v', '"host:port" is not a host or host:port'],
  [`a/${'n'.repeat(254)}:v`, 'longer than 255'],
  ['a/b@sha256:00', 'a digest cannot be published to'],
  ['$(reboot):v', '"$(reboot)"'],
] as const)('refuses "%s"', ([text, reason]) => {
  expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }))
  expect(() => parseReference(text)).toThrow(reason)
})
