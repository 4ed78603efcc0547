/** struct seccomp_data's members and what a filter returns: linux/seccomp.h. */
export const DATA = { number: 0, architecture: 4, secondArgument: 24 }
export const RETURN = { done: 0x00050000, notPermitted: 0x00050001, allow: 0x7fff0000 }

/** Architectures: linux/audit.h. */
export const X86_64 = 0xc000003e
const I386 = 0x40000003

/** Classic BPF: load a word, jump if equal, return. linux/bpf_common.h. */
export const CODE = { load: 0x20, jumpIfEqual: 0x15, return: 0x06 }

/** struct sock_filter: where a jump goes counts from the next instruction. */
export const instruction = (code: number, k: number, ifEqual = 0, otherwise = 0): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(code, 0)
  bytes.writeUInt8(ifEqual, 2)
  bytes.writeUInt8(otherwise, 3)
  bytes.writeUInt32LE(k, 4)
  return bytes
}

/** The number of ioctl: arch/x86/entry/syscalls. A program of x32 can use both of the last. */
const IOCTL = { i386: 54, x86_64: 16, x32: [0x40000000 + 514, 0x40000000 + 16] as const }

/** Types into a terminal, and pastes into a console: asm-generic/ioctls.h, linux/tty.h. */
const REQUESTS = { TIOCSTI: 0x5412, TIOCLINUX: 0x541c }

/** A seccomp filter that refuses to type into a terminal for its user (TIOCSTI), as an array of struct sock_filter. */
export const typingFilter = (): Buffer =>
  Buffer.concat([
    /*  0 */ instruction(CODE.load, DATA.architecture),
    /*  1 */ instruction(CODE.jumpIfEqual, X86_64, 3),
    /*  2 */ instruction(CODE.jumpIfEqual, I386, 0, 9),
    /*  3 */ instruction(CODE.load, DATA.number),
    /*  4 */ instruction(CODE.jumpIfEqual, IOCTL.i386, 4, 7),
    /*  5 */ instruction(CODE.load, DATA.number),
    /*  6 */ instruction(CODE.jumpIfEqual, IOCTL.x86_64, 2),
    /*  7 */ instruction(CODE.jumpIfEqual, IOCTL.x32[0], 1),
    /*  8 */ instruction(CODE.jumpIfEqual, IOCTL.x32[1], 0, 3),
    /*  9 */ instruction(CODE.load, DATA.secondArgument),
    /* 10 */ instruction(CODE.jumpIfEqual, REQUESTS.TIOCSTI, 2),
    /* 11 */ instruction(CODE.jumpIfEqual, REQUESTS.TIOCLINUX, 1),
    /* 12 */ instruction(CODE.return, RETURN.allow),
    /* 13 */ instruction(CODE.return, RETURN.notPermitted),
  ])
