import { CODE, instruction } from '../../base/process/bpf.ts'

/** struct seccomp_data's members and what a filter returns: linux/seccomp.h. */
export const DATA = { number: 0, architecture: 4, secondArgument: 24 }
export const RETURN = { done: 0x00050000, notPermitted: 0x00050001, allow: 0x7fff0000 }

/** Architectures: linux/audit.h. */
export const X86_64 = 0xc000003e
const I386 = 0x40000003

/** A line of a filter: a jump goes to a label where the word is equal, and on where it is not. */
type Line = { label: string } | { load: number } | { equal: number; to: string } | { give: number }

const assemble = (lines: readonly Line[]): Buffer => {
  const places = new Map<string, number>()
  const code: Exclude<Line, { label: string }>[] = []
  for (const line of lines) {
    if ('label' in line) places.set(line.label, code.length)
    else code.push(line)
  }
  return Buffer.concat(
    code.map((line, at) => {
      if ('load' in line) return instruction(CODE.loadWord, line.load)
      if ('give' in line) return instruction(CODE.return, line.give)
      return instruction(CODE.jumpIfEqual, line.equal, places.get(line.to)! - at - 1)
    }),
  )
}

/** Numbers of system calls: arch/x86/entry/syscalls. A program of x32 can use those of x86-64 with this bit too. */
const X32 = 0x40000000
const IOCTL = { i386: [54], x86_64: [16, X32 + 514, X32 + 16] }
/** add_key, request_key, keyctl. */
const KEYS = { i386: [286, 287, 288], x86_64: [248, 249, 250].flatMap((number) => [number, X32 + number]) }

/** Types into a terminal, and pastes into a console: asm-generic/ioctls.h, linux/tty.h. */
const REQUESTS = { TIOCSTI: 0x5412, TIOCLINUX: 0x541c }

const callsOf = (architecture: keyof typeof IOCTL): Line[] => [
  { label: architecture },
  { load: DATA.number },
  ...IOCTL[architecture].map((equal) => ({ equal, to: 'ioctl' })),
  ...KEYS[architecture].map((equal) => ({ equal, to: 'refuse' })),
  { give: RETURN.allow },
]

/**
 * A seccomp filter for steps, as an array of struct sock_filter. It refuses to type into a terminal for its user (TIOCSTI),
 * and the kernel's keys: a step would begin with those of the session of whoever builds.
 */
export const stepFilter = (): Buffer =>
  assemble([
    { load: DATA.architecture },
    { equal: X86_64, to: 'x86_64' },
    { equal: I386, to: 'i386' },
    { give: RETURN.allow },
    ...callsOf('x86_64'),
    ...callsOf('i386'),
    { label: 'ioctl' },
    { load: DATA.secondArgument },
    ...Object.values(REQUESTS).map((equal) => ({ equal, to: 'refuse' })),
    { give: RETURN.allow },
    { label: 'refuse' },
    { give: RETURN.notPermitted },
  ])
