import { expect, test } from 'vitest'
import { typingFilter } from '../../core/toolbox/seccomp.ts'
import { I386, judge, X86_64 } from './seccomp.ts'

const TIOCSTI = 0x5412n
const TIOCLINUX = 0x541cn
const TIOCGWINSZ = 0x5413n

test.each([
  ['x86-64', X86_64, 16],
  ['x32', X86_64, 0x40000000 + 514],
  ['x32, by the number of x86-64', X86_64, 0x40000000 + 16],
  ['i386', I386, 54],
])(
  'typing into a terminal is refused on %s, whatever the upper half of the request',
  (_, architecture, ioctl) => {
    const request = (argument: bigint) => judge(typingFilter(), ioctl, architecture, argument)
    expect([TIOCSTI, TIOCLINUX, TIOCSTI + 2n ** 32n].map(request)).toEqual(Array(3).fill('not permitted'))
    expect(request(TIOCGWINSZ)).toBe('allowed')
  },
)

test('every other call is made', () => {
  for (let number = 0; number < 500; number++) {
    if (number !== 16) expect(judge(typingFilter(), number, X86_64, TIOCSTI), String(number)).toBe('allowed')
    if (number !== 54) expect(judge(typingFilter(), number, I386, TIOCSTI), String(number)).toBe('allowed')
  }
  expect(judge(typingFilter(), 16, 0xc00000b7, TIOCSTI)).toBe('allowed')
})
