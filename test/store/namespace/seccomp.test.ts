import { expect, test } from 'vitest'
import { stepFilter } from '../../../core/store/namespace/seccomp.ts'
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
    const request = (argument: bigint) => judge(stepFilter(), ioctl, architecture, argument)
    expect([TIOCSTI, TIOCLINUX, TIOCSTI + 2n ** 32n].map(request)).toEqual(Array(3).fill('not permitted'))
    expect(request(TIOCGWINSZ)).toBe('allowed')
  },
)

const KEYS = { x86_64: [248, 249, 250], i386: [286, 287, 288] }

test('the keys of the kernel are refused on each of them', () => {
  const x32 = KEYS.x86_64.map((number) => 0x40000000 + number)
  for (const number of [...KEYS.x86_64, ...x32]) expect(judge(stepFilter(), number)).toBe('not permitted')
  for (const number of KEYS.i386) expect(judge(stepFilter(), number, I386)).toBe('not permitted')
})

test('every other call is made', () => {
  const refused = { x86_64: [16, ...KEYS.x86_64], i386: [54, ...KEYS.i386] }
  for (let number = 0; number < 500; number++) {
    if (!refused.x86_64.includes(number))
      expect(judge(stepFilter(), number, X86_64, TIOCSTI), String(number)).toBe('allowed')
    if (!refused.i386.includes(number))
      expect(judge(stepFilter(), number, I386, TIOCSTI), String(number)).toBe('allowed')
  }
  expect(judge(stepFilter(), 16, 0xc00000b7, TIOCSTI)).toBe('allowed')
})
