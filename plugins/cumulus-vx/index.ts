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
import { check, checkGuest } from './check.ts'
import { consoleCommands, HOSTNAME, USE_DNS, type Wanted, ZTP } from './commands.ts'
import { hardware } from './hardware.ts'
import { type CumulusVxOptions, resolveOptions } from './options.ts'
import { powerOff, settings } from './settings.ts'

export type { CumulusVxOptions } from './options.ts'

const VERSION = '1'

/** The vendor's disk, which no other plugin may have turned into something else. */
const diskOf = (artifact: Tree | Disk): Disk => {
  if (artifact.kind === 'disk') return artifact
  throw new AntidoteError('CUMULUS_NO_DISK', 'cumulus-vx works on its own disk, and was given a tree.', {
    exitCode: 2,
    hint: 'Leave the plugin that makes a tree out of `use`.',
  })
}

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
      const machine = hardware(options)
      // where the disk lies is not what it is; the vendor gives it to its own customers
      const redistributable = false
      const inputs = { sha256: disk.sha256, redistributable }
      hooks.bootstrap.tap({ name: 'disk', inputs }, (_, step) =>
        importDisk(step, { ...disk, redistributable }),
      )
      // a step of its own: other hardware is no reason to convert the disk again
      hooks.bootstrap.tap({ name: 'hardware', inputs: { machine } }, (imported: Scratch | Disk) => ({
        ...(imported as Disk),
        machine,
      }))
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
