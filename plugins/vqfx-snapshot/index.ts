import {
  bootstrapVendorDisk,
  type Disk,
  definePlugin,
  linux,
  type Plugin,
  reveal,
  type Tree,
  vendorDiskOf,
} from 'antidote'
import { access } from './access.ts'
import { check } from './check.ts'
import { hardware } from './hardware.ts'
import { resolveOptions, type VqfxSnapshotOptions } from './options.ts'
import { ADDRESSES, statements, type Wanted } from './statements.ts'

export type { VqfxSnapshotOptions } from './options.ts'

const VERSION = '1'

const diskOf = (artifact: Tree | Disk): Disk => vendorDiskOf('vqfx-snapshot', artifact)

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
      bootstrapVendorDisk(hooks, disk, hardware(options))
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
