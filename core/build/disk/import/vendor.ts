import { errors } from '../../../base/errors/catalogue.ts'
import type { Disk, DiskMachine, Scratch, Tree } from '../../../base/model/artifact.ts'
import type { VendorDiskOption } from '../../../contract/plugin/option-checks.ts'
import type { PluginHooks } from '../../../contract/plugin/plugin.ts'
import { importDisk } from './import.ts'

/** Bootstraps an appliance from the disk that its vendor gives to its own customers, on the hardware it is made for. */
export const bootstrapVendorDisk = (
  hooks: PluginHooks,
  disk: VendorDiskOption,
  machine: DiskMachine,
): void => {
  const redistributable = false
  // where the disk lies is not what it is
  const inputs = { sha256: disk.sha256, redistributable }
  hooks.bootstrap.tap({ name: 'disk', inputs }, (_, step) => importDisk(step, { ...disk, redistributable }))
  // a step of its own: other hardware is no reason to convert the disk again
  hooks.bootstrap.tap({ name: 'hardware', inputs: { machine } }, (imported: Scratch | Disk) => {
    const found = imported as Disk
    const { firmware } = found.machine ?? {}
    // the plugin sets the appliance up, so its names are those that are wanted
    return { ...found, machine: { ...(firmware && { firmware }), ...machine } }
  })
}

/** The vendor's disk, which no other plugin may have turned into something else. Throws NO_VENDOR_DISK. */
export const vendorDiskOf = (plugin: string, artifact: Tree | Disk): Disk => {
  if (artifact.kind === 'disk') return artifact
  throw errors.noVendorDisk(plugin)
}
