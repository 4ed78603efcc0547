import type { LayerFile } from './tar.ts'

/** What the launcher runs, and a shell for `podman exec`. */
export const RUNTIME_PROGRAMS = [
  '/usr/bin/dash',
  '/usr/bin/env',
  '/usr/bin/node',
  '/usr/bin/qemu-system-x86_64',
  '/usr/sbin/ip',
  '/usr/sbin/tc',
]

/** What those read that ldd(1) does not tell. */
export const RUNTIME_FILES = [
  '/bin/sh',
  // the BIOS of pc and q35, and what it runs with an APIC
  '/usr/share/seabios/bios-256k.bin',
  '/usr/share/qemu/kvmvapic.bin',
  // a kernel given to QEMU: bzImage, then PVH vmlinux
  '/usr/share/qemu/linuxboot_dma.bin',
  '/usr/share/qemu/pvh.bin',
  // Debian's Node.js loads these at its start: `strings libnode.so.* | grep ^/usr/share/nodejs`
  '/usr/share/nodejs/acorn/dist/acorn.js',
  '/usr/share/nodejs/acorn-walk/dist/walk.js',
  '/usr/share/nodejs/cjs-module-lexer/dist/lexer.js',
  '/usr/share/nodejs/cjs-module-lexer/lexer.js',
  '/usr/share/nodejs/minimatch/dist/cjs/index.bundle.js',
  '/usr/share/nodejs/undici/undici-fetch.js',
]

/** Accounts, so that `--user qemu` and number-to-name look-ups work, and writable directories. */
export const runtimeEtc: LayerFile[] = [
  {
    path: 'etc/passwd',
    content: 'root:x:0:0:root:/root:/bin/sh\nqemu:x:64055:64055:QEMU:/nonexistent:/usr/sbin/nologin\n',
  },
  { path: 'etc/group', content: 'root:x:0:\nqemu:x:64055:\n' },
  { path: 'root', directory: true, mode: 0o700 },
  { path: 'tmp', directory: true, mode: 0o1777 },
  { path: 'run', directory: true, mode: 0o1777 },
  { path: 'var/tmp', directory: true, mode: 0o1777 },
]
