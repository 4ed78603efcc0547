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
import { check, checkGuest } from './check.ts'
import { consoleCommands, HOSTNAME, USE_DNS, type Wanted, ZTP } from './commands.ts'
import { hardware } from './hardware.ts'
import { type CumulusVxOptions, resolveOptions } from './options.ts'
import { powerOff, settings } from './settings.ts'

export type { CumulusVxOptions } from './options.ts'

const VERSION = '1'

const diskOf = (artifact: Tree | Disk): Disk => vendorDiskOf('cumulus-vx', artifact)

/**
 * Cumulus VX of release 3.7, 4 or 5 from the vendor's disk: a user is made over its serial console, the rest is set up and
 * checked over SSH, and it is saved once so that containers restore it.
 */
export const cumulusVx = (given: CumulusVxOptions): Plugin => {
  const options = resolveOptions(given)
  return definePlugin({
    name: 'cumulus-vx',
    version: VERSION,
    apply(hooks, image) {
      const { disk, release, credentials, user, password, snapshot } = options
      const hostname = linux.hostnameOf(image.name, options.hostname)
      const wanted: Wanted = { hostname, user, release }
      bootstrapVendorDisk(hooks, disk, hardware(options))
      const typed = consoleCommands(wanted, credentials.user)
      hooks.provision.tap(
        { name: 'access', inputs: { credentials, password, user, release, typed } },
        (artifact, step) => access(diskOf(artifact), step, options, wanted),
      )
      const scripts = [ZTP, HOSTNAME[release.cli], USE_DNS]
      hooks.provision.tap(
        { name: 'settings', inputs: { hostname, scripts, listener: linux.listenerContent() } },
        (artifact, step) => settings(diskOf(artifact), step, options, wanted),
      )
      hooks.provision.tap({ name: 'check', inputs: { wanted } }, (artifact, step) =>
        check(diskOf(artifact), step, wanted),
      )
      hooks.qcow2.tap({ name: 'power off', inputs: {} }, (artifact, step) => powerOff(diskOf(artifact), step))
      hooks.boot.tap({ name: 'machine', inputs: { wanted, password, snapshot } }, (spec) => ({
        ...spec,
        hostname,
        login: { user, password: reveal(password) },
        snapshot,
      }))
      hooks.test.tap({ name: 'set up as a switch', inputs: { wanted } }, ({ guest, spec }) =>
        checkGuest(guest, wanted, spec.interfaces),
      )
    },
  })
}
