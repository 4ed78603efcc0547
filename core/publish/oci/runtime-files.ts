import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { QEMU_USER } from '../../base/model/container-rights.ts'
import type { LayerFile } from './tar.ts'

/** Where the launcher is in every image. */
export const LAUNCHER = 'usr/lib/antidote/launcher.mjs'

/** Runs the launcher as QEMU's user, with the capabilities that it uses. */
export const START = 'usr/lib/antidote/start.pl'

/** Runs QEMU behind a filter of what its guest sends. */
const OUTGOING = 'usr/lib/antidote/outgoing.pl'

const program = (path: string): LayerFile => ({
  path,
  content: readFileSync(new URL(`../../launcher/${basename(path)}`, import.meta.url), 'utf8'),
})

/** Where the launcher keeps the disk's changes: a volume. */
export const STATE_DIRECTORY = '/var/lib/antidote'

/** What the launcher runs, and a shell for `podman exec`. */
export const RUNTIME_PROGRAMS = [
  '/usr/bin/dash',
  '/usr/bin/env',
  '/usr/bin/node',
  '/usr/bin/perl',
  '/usr/bin/qemu-img',
  '/usr/bin/qemu-system-x86_64',
  '/usr/bin/setpriv',
  '/usr/sbin/capsh',
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

/**
 * What no package brings: what the launcher runs of its own, accounts, so that `--user qemu` and number-to-name look-ups work; the name under which
 * people call the launcher; directories that any user may write, because root without capabilities is any user too;
 * and mount points, for whoever mounts the image read-only.
 * There is no /antidote: that directory says that a container has lesson files.
 */
export const runtimeEtc: LayerFile[] = [
  {
    path: 'etc/passwd',
    content: `root:x:0:0:root:/root:/bin/sh\nqemu:x:${QEMU_USER}:${QEMU_USER}:QEMU:/nonexistent:/usr/sbin/nologin\n`,
  },
  { path: 'etc/group', content: `root:x:0:\nqemu:x:${QEMU_USER}:\n` },
  { path: 'usr/bin/antidote', link: `../lib/${LAUNCHER.slice('usr/lib/'.length)}` },
  program(START),
  program(OUTGOING),
  { path: STATE_DIRECTORY.slice(1), directory: true, mode: 0o1777, uid: QEMU_USER, gid: QEMU_USER },
  { path: 'root', directory: true, mode: 0o700 },
  { path: 'tmp', directory: true, mode: 0o1777 },
  { path: 'run', directory: true, mode: 0o1777 },
  { path: 'var/tmp', directory: true, mode: 0o1777 },
  { path: 'dev', directory: true },
  { path: 'proc', directory: true },
  { path: 'sys', directory: true },
]
