import {
  AntidoteError,
  type Disk,
  definePlugin,
  importDisk,
  linux,
  type Plugin,
  reveal,
  type Scratch,
  type Tree,
} from 'antidote'
import { access } from './access.ts'
import { check } from './check.ts'
import { hardware } from './hardware.ts'
import { resolveOptions, type VqfxSnapshotOptions } from './options.ts'
import { ADDRESSES, statements, type Wanted } from './statements.ts'

export type { VqfxSnapshotOptions } from './options.ts'

const VERSION = '1'

/** The vendor's disk, which no other plugin may have turned into something else. */
const diskOf = (artifact: Tree | Disk): Disk => {
  if (artifact.kind === 'disk') return artifact
  throw new AntidoteError('VQFX_NO_DISK', 'vqfx-snapshot works on its own disk, and was given a tree.', {
    exitCode: 2,
    hint: 'Leave the plugin that makes a tree out of `use`.',
  })
}

/**
 * The routing engine of Juniper's vQFX 10000 from the vendor's disk: set up over its serial console, checked over
 * NETCONF, saved once so that containers restore it. The packet forwarding engine, a machine of its own, is no part of it.
 */
export const vqfxSnapshot = (given: VqfxSnapshotOptions): Plugin => {
  const options = resolveOptions(given)
  return definePlugin({
    name: 'vqfx-snapshot',
    version: VERSION,
    apply(hooks, image) {
      const { disk, credentials, user, password } = options
      const wanted: Wanted = { hostname: linux.hostnameOf(image.name, options.hostname), user }
      const machine = hardware(options)
      // the vendor gives it to its own customers
      const redistributable = false
      // where the disk lies is not what it is
      const inputs = { sha256: disk.sha256, redistributable }
      hooks.bootstrap.tap({ name: 'disk', inputs }, (_, step) =>
        importDisk(step, { ...disk, redistributable }),
      )
      // a step of its own: other hardware is no reason to convert the disk again
      hooks.bootstrap.tap({ name: 'hardware', inputs: { machine } }, (imported: Scratch | Disk) => ({
        ...(imported as Disk),
        machine,
      }))
      hooks.provision.tap(
        { name: 'access', inputs: { credentials, password, user, statements: statements(wanted) } },
        (artifact, step) => access(diskOf(artifact), step, options, wanted),
      )
      hooks.provision.tap(
        { name: 'check', inputs: { password, wanted, addresses: ADDRESSES } },
        (artifact, step) => check(diskOf(artifact), step, options, wanted),
      )
      hooks.boot.tap({ name: 'machine', inputs: { wanted, password } }, (spec) => ({
        ...spec,
        hostname: wanted.hostname,
        login: { user, password: reveal(password) },
        ready: { kind: 'netconf', port: 830 },
        snapshot: true,
      }))
    },
  })
}
