import { netconf } from 'antidote/plugins'
import { expect, test } from 'vitest'

test.each<[object, RegExp]>([
  [{}, /nothing to do/],
  [{ provison: {} }, /"provison" is not an option/],
  [{ configure: { fle: 'a' } }, /"configure\[0\]\.fle" is not an option/],
  [{ configure: {} }, /needs "file", "template" or "config"/],
  [
    { configure: [{ file: 'a' }, { file: 'a', config: '<a/>' }] },
    /"configure\[1\]" needs "file", "template" or "config"/,
  ],
  [{ configure: { file: 'a', format: 'set' } }, /only Junos knows/],
  [{ configure: { file: 'a', action: 'override' } }, /only Junos knows/],
  [{ dialect: 'junos', configure: { config: {}, format: 'set' } }, /must be a text/],
  [{ configure: { config: {}, values: {} } }, /must be a text/],
  [{ provision: { config: '<a/>', confirm: 0 } }, /number of seconds/],
  [{ test: {} }, /needs a "path"/],
  [{ test: { path: 'a', equal: 'b' } }, /"test\[0\]\.equal" is not an option/],
  [{ test: { path: 'a', matches: '(' } }, /not a regular expression/],
  [{ test: { path: 'a', xpath: '/a', subtree: '<a/>' } }, /both/],
  [{ dialect: 'ios', test: { path: 'a' } }, /dialect is "ios"/],
  [{ port: 70000, test: { path: 'a' } }, /port is 70000/],
  [{ configure: { template: 'ietf-hostnam' } }, /template" is "ietf-hostnam"/],
  [{ configure: { template: 'junos-hostname', values: { hostname: 'a' } } }, /the dialect is "generic"/],
  [{ configure: { template: 'ietf-address', values: { interface: 'a' } } }, /lacks "address"/],
  [{ deadline: -1, test: { path: 'a' } }, /deadline is -1/],
])('%j is refused', (options, message) => {
  expect(() => netconf(options as never)).toThrow(
    expect.objectContaining({ code: 'PLUGIN_OPTION', message: expect.stringMatching(message) }),
  )
})

test('has a name of its own', () => {
  expect(netconf({ test: { path: 'a' } }).name).toBe('netconf')
  expect(netconf({ name: 'second', test: { path: 'a' } }).name).toBe('second')
})
