import { SOURCE_DATE_EPOCH } from '../../base/model/epoch.ts'
import { type Data, type Described, keyOf } from '../../base/model/key.ts'

/** The suite that every tool comes from. Raising it changes every key. */
export const SUITE = 'trixie'

/** What builds, runs and ships a machine, and nothing a guest is made of. */
export const PACKAGES = [
  'busybox-static',
  'ca-certificates',
  'cpio',
  'e2fsprogs',
  'fdisk',
  'fuse-overlayfs',
  'grub-common',
  'grub-pc-bin',
  'iproute2',
  'kmod',
  'mmdebstrap',
  'nodejs',
  'openssl',
  'ovmf',
  'passt',
  'qemu-system-x86',
  'qemu-utils',
  'skopeo',
  'xz-utils',
  'zstd',
]

/** Files that no build reads; licences stay. */
const LEFT_OUT = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/bug/*',
]

/** dpkg options that leave documentation out of a tree. */
export const slimOptions: string[] = [
  ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
  '--dpkgopt=path-include=/usr/share/doc/*/copyright',
  '--dpkgopt=path-include=/usr/share/locale/locale.alias',
]

/** apt as root of a namespace: its own sandbox user cannot reach a home directory. */
export const aptOptions: string[] = ['--aptopt=APT::Sandbox::User "root"', '--aptopt=Acquire::Retries "3"']

/** What the toolbox is made from; part of every key. */
export const toolboxDescribed: Described = {
  stage: 'toolbox',
  plugin: 'antidote',
  version: '1',
  tap: 'toolbox',
  inputs: { suite: SUITE, packages: PACKAGES, slim: slimOptions, epoch: SOURCE_DATE_EPOCH } as Data,
  files: {},
  needs: {},
  parent: '',
}

export const toolboxKey = keyOf(toolboxDescribed)
