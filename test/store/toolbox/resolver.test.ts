import { describe, expect, test } from 'vitest'
import { resolving } from '../../../core/store/toolbox/resolver.ts'

const OUTSIDE = { 4: '192.0.0.1', 6: 'fd00::1' }

describe('who resolves names in a step', () => {
  test('is whoever does on the host, where a step reaches it', () => {
    const text = 'nameserver 192.0.2.53\nnameserver 2001:db8::53\nsearch lab.example\n'
    expect(resolving(text, OUTSIDE)).toEqual({ text, options: [] })
  })

  test('is asked through pasta on the loopback of the host', () => {
    const text = '# nameserver 127.0.0.9\nnameserver 127.0.0.53\nnameserver ::1\noptions edns0 trust-ad\n'
    expect(resolving(text, OUTSIDE)).toEqual({
      text: '# nameserver 127.0.0.9\nnameserver 192.0.0.1\nnameserver fd00::1\noptions edns0 trust-ad\n',
      options: [
        ...['--dns-forward', '192.0.0.1', '--dns-host', '127.0.0.53'],
        ...['--dns-forward', 'fd00::1', '--dns-host', '::1'],
      ],
    })
  })

  test('is the first of several there: pasta asks one of each family', () => {
    const { options } = resolving('nameserver 127.0.0.1\nnameserver 127.0.0.2\n', OUTSIDE)
    expect(options).toEqual(['--dns-forward', '192.0.0.1', '--dns-host', '127.0.0.1'])
  })
})
