import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { aptOptions, hostMirror, type Need, slimOptions, sourceLines } from 'antidote'

const SETTINGS = fileURLToPath(new URL('settings.sh', import.meta.url))

const PACKAGES = [
  'dbus',
  'initramfs-tools',
  'iproute2',
  'libpam-systemd',
  'linux-image-cloud-amd64',
  'openssh-server',
  'sudo',
  'systemd-sysv',
  'zstd',
]

/** A Debian 13 with systemd, as it comes: nothing of antidote is in it. */
export const tree: Need = {
  name: 'tree',
  version: '1',
  inputs: { packages: PACKAGES, settings: await readFile(SETTINGS, 'utf8') },
  make: async (step) => {
    await step.run(
      [
        'mmdebstrap',
        '--mode=root',
        '--variant=apt',
        `--include=${PACKAGES.join(',')}`,
        ...aptOptions,
        ...slimOptions,
        `--customize-hook=sh ${SETTINGS} "$1"`,
        'trixie',
        join(step.out, 'tree'),
        ...sourceLines('trixie', hostMirror()),
      ],
      { network: true, mounts: true, unsynced: true, readable: [SETTINGS] },
    )
    await step.run(['find', join(step.out, 'tree/dev'), '-mindepth', '1', '-delete'])
  },
}
