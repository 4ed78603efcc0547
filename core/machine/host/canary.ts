/**
 * A BIOS image of 64 KiB that needs a processor: from the reset vector through protected mode to long mode,
 * with paging on, and there an instruction that KVM's own emulator lacks. What only looks like KVM gets
 * stuck on the way. The bytes are those of the listing beside them, and HLT everywhere else.
 */

/** Where the image is visible below 1 MiB, and with it this code. */
const BASE = 0xf0000

/** What popcnt finds in 0x123456789abcdef7. */
const BITS = 35

/** QEMU's isa-debug-exit ends with twice the written value plus one. */
export const CANARY_STATUS = BITS * 2 + 1

/** The I/O port of isa-debug-exit. */
export const CANARY_PORT = 0xf4

const GDT = 0xa8
const GDTR = 0xc8
const START32 = 0x18
const START64 = 0x82

const low = (offset: number): number[] => {
  const address = BASE + offset
  return [address & 0xff, (address >> 8) & 0xff, (address >> 16) & 0xff, 0]
}

// biome-ignore format: one instruction a line, as in a listing
const CODE16 = [
  0xfa,                                           // 00  cli
  0x2e, 0x66, 0x0f, 0x01, 0x16, GDTR, 0x00,       // 01  lgdtl %cs:gdtr
  0x0f, 0x20, 0xc0,                               // 08  mov %cr0, %eax
  0x0c, 0x01,                                     // 0b  or $1, %al             protection on
  0x0f, 0x22, 0xc0,                               // 0d  mov %eax, %cr0
  0x66, 0xea, ...low(START32), 0x08, 0x00,        // 10  ljmpl $0x08, start32
]

// biome-ignore format: one instruction a line, as in a listing
const CODE32 = [
  0xb8, 0x10, 0x00, 0x00, 0x00,                   // 18  mov $0x10, %eax
  0x8e, 0xd8,                                     // 1d  mov %eax, %ds
  0x8e, 0xc0,                                     // 1f  mov %eax, %es
  0x8e, 0xd0,                                     // 21  mov %eax, %ss
  0xbf, 0x00, 0x10, 0x00, 0x00,                   // 23  mov $0x1000, %edi      page tables at 0x1000
  0x0f, 0x22, 0xdf,                               // 28  mov %edi, %cr3
  0x31, 0xc0,                                     // 2b  xor %eax, %eax
  0xb9, 0x00, 0x0c, 0x00, 0x00,                   // 2d  mov $0xc00, %ecx
  0xf3, 0xab,                                     // 32  rep stosl
  // one page of 2 MiB, seen at 0 and again at 1 GiB
  0xc7, 0x05, 0x00, 0x10, 0x00, 0x00, 0x03, 0x20, 0x00, 0x00, // 34  movl $0x2003, 0x1000
  0xc7, 0x05, 0x00, 0x20, 0x00, 0x00, 0x03, 0x30, 0x00, 0x00, // 3e  movl $0x3003, 0x2000
  0xc7, 0x05, 0x08, 0x20, 0x00, 0x00, 0x03, 0x30, 0x00, 0x00, // 48  movl $0x3003, 0x2008
  0xc7, 0x05, 0x00, 0x30, 0x00, 0x00, 0x83, 0x00, 0x00, 0x00, // 52  movl $0x83, 0x3000
  0x0f, 0x20, 0xe0,                               // 5c  mov %cr4, %eax
  0x0c, 0x20,                                     // 5f  or $0x20, %al          PAE
  0x0f, 0x22, 0xe0,                               // 61  mov %eax, %cr4
  0xb9, 0x80, 0x00, 0x00, 0xc0,                   // 64  mov $0xc0000080, %ecx  EFER
  0x0f, 0x32,                                     // 69  rdmsr
  0x80, 0xcc, 0x01,                               // 6b  or $1, %ah             long mode
  0x0f, 0x30,                                     // 6e  wrmsr
  0x0f, 0x20, 0xc0,                               // 70  mov %cr0, %eax
  0x0d, 0x00, 0x00, 0x00, 0x80,                   // 73  or $0x80000000, %eax   paging on
  0x0f, 0x22, 0xc0,                               // 78  mov %eax, %cr0
  0xea, ...low(START64), 0x18, 0x00,              // 7b  ljmp $0x18, start64
]

// biome-ignore format: one instruction a line, as in a listing
const CODE64 = [
  0x48, 0xb8, 0xf7, 0xde, 0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12, // 82  movabs $0x123456789abcdef7, %rax
  0x48, 0x89, 0x04, 0x25, 0x00, 0x50, 0x00, 0x00, // 8c  mov %rax, 0x5000
  0xbb, 0x00, 0x50, 0x00, 0x40,                   // 94  mov $0x40005000, %ebx  the same through 1 GiB
  0xf3, 0x48, 0x0f, 0xb8, 0x03,                   // 99  popcnt (%rbx), %rax
  0xe6, CANARY_PORT,                              // 9e  out %al, $0xf4
  0xf4,                                           // a0  hlt
  0xeb, 0xfd,                                     // a1  jmp a0
]

// biome-ignore format: one descriptor a line
const TABLE = [
  0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
  0xff, 0xff, 0x00, 0x00, 0x00, 0x9b, 0xcf, 0x00, // 08  code, 32 bits
  0xff, 0xff, 0x00, 0x00, 0x00, 0x93, 0xcf, 0x00, // 10  data
  0xff, 0xff, 0x00, 0x00, 0x00, 0x9b, 0xaf, 0x00, // 18  code, 64 bits
]

/** The bytes of the image. */
export const canaryImage = (): Uint8Array => {
  const image = new Uint8Array(0x10000).fill(0xf4)
  image.set([...CODE16, ...CODE32, ...CODE64])
  image.set(TABLE, GDT)
  image.set([TABLE.length - 1, 0x00, ...low(GDT)], GDTR)
  // the reset vector: ljmp $0xf000, $0
  image.set([0xea, 0x00, 0x00, 0x00, 0xf0], 0xfff0)
  return image
}
