import { afterEach, describe, expect, test, vi } from 'vitest'
import { loopbackNames, loopbackPorts, reachedPorts } from '../../core/build/loopback.ts'
import { definePlugin } from '../../core/contract/plugin/plugin.ts'
import { imageOf, planOf } from '../support/image.ts'

describe('the ports of loopback in addresses', () => {
  test.each<[string, number[]]>([
    ['http://127.0.0.1:3142/debian', [3142]],
    ['deb [trusted=yes] http://LOCALHOST:8080 ./', [8080]],
    ['http://127.1.2.3', [80]],
    ['"https://localhost/x","ftp://mirror.localhost."', [443, 21]],
    ['http://ada:secret@[::1]:8081/', [8081]],
    ['socks5h://127.0.0.1:1080', [1080]],
    ['http://box.example:3142/', [3142]],
    ['["http://127.0.0.1:1","http://127.0.0.1:2"]', [1, 2]],
    // elsewhere, without a port, or no address at all
    ['http://192.0.2.1:80 http://127.0.0.1.example:80 http://localhost.example:81', []],
    ['http://[2001:db8::1]:80', []],
    ['rsync://127.0.0.1/debian', []],
    ['http://127.0.0.1:70000', []],
    ['127.0.0.1 localhost', []],
    ['http://example.com/http:127.0.0.1:90', []],
  ])('%s', (text, ports) => {
    expect(loopbackPorts(text, new Set(['box.example']))).toEqual(ports)
  })

  test('a name is one where the host’s table leads it there', () => {
    const table =
      '127.0.0.1 localhost\n127.0.1.1\tBox.example box # ours\n::1 six\n192.0.2.1 other\n# 127.0.0.1 no\n'
    expect([...loopbackNames(table)]).toEqual(['localhost', 'box.example', 'box', 'six'])
  })
})

describe('what the steps of an image reach', () => {
  afterEach(() => void vi.unstubAllEnvs())

  const need = {
    name: 'kernel',
    version: '1',
    inputs: { from: 'http://localhost:7002' },
    make: async () => {},
  }
  const plugin = definePlugin({
    name: 'mirror',
    version: '1',
    options: { mirror: 'http://127.0.0.1:7001/debian' },
    apply: ({ bootstrap, configure }) => {
      bootstrap.tap({ name: 'tree', needs: { need } }, () => ({ kind: 'tree', layers: [] }))
      // what configures a machine is no program of its tree
      configure.tap({ name: 'later', inputs: { at: 'http://127.0.0.1:7009' } }, () => {})
    },
  })

  test('is in the inputs of its steps and of their needs, the config and the proxies', () => {
    for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) vi.stubEnv(name, '')
    vi.stubEnv('https_proxy', '127.0.0.1:7003')
    const image = imageOf([plugin], { loopback: [7004, 7001] })
    expect(reachedPorts(image, planOf(image))).toEqual([7001, 7002, 7003, 7004])
  })
})
