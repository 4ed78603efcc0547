import type { Disk } from '../base/model/artifact.ts'
import type { FileRef } from '../base/model/file-ref.ts'
import { type MachineSpec, SSH } from '../base/model/machine-spec.ts'
import type { Image } from '../contract/config/image.ts'
import type { Driver } from '../contract/plugin/stages.ts'
import type { Store } from '../store/store.ts'
import type { BuildMachines } from './checkpoint/context.ts'
import type { Lifecycle } from './lifecycle.ts'

/** The password of an image that sets none; it is in the documentation. */
export const KNOWN_PASSWORD = 'antidotepassword'

/** A machine before any plugin or config has spoken. */
const DEFAULTS = {
  version: 1,
  // what QEMU 10.0 calls a modern PC; fixed, because a saved state loads only into the same type
  machine: 'pc-q35-10.0',
  cpu: 'auto',
  cpus: 1,
  memory: 512,
  accelerator: 'auto',
  nic: 'virtio-net-pci',
  lesson: true,
  interfaces: 0,
  management: 'forward',
  ports: [],
  ready: SSH,
  login: { user: 'antidote', password: KNOWN_PASSWORD },
  deadline: 300,
  shutdownDeadline: 60,
} as const

const firstSpec = (name: string, parts: Partial<MachineSpec>): MachineSpec => ({
  ...structuredClone(DEFAULTS),
  ports: [],
  disks: [],
  name,
  hostname: name,
  ...parts,
})

/** Empty places for NICs of a machine that is saved: a container's interfaces are not known then. */
const SPARE = 8

/** A guest that mounts lesson files has to know of hotplug anyway; of others the plugin has to say it. */
const withSpare = (spec: MachineSpec): MachineSpec =>
  spec.snapshot && spec.spare === undefined ? { ...spec, spare: spec.lesson ? SPARE : 0 } : spec

/** What of a build says which machine it makes. */
interface MachineSource extends Driver {
  readonly image: Pick<Image, 'name'>
  readonly store: Pick<Store, 'path'>
  readonly lifecycle: Lifecycle
}

/** The machine of an image as its plugins and its config want it, without a disk. */
export const specifyMachine = async (
  build: MachineSource,
  parts: Partial<MachineSpec> = {},
): Promise<MachineSpec> => {
  const first = firstSpec(build.image.name, parts)
  return withSpare((await build.lifecycle.hooks.boot.promise(first, build)) as MachineSpec)
}

/** What a disk tells of its machine. */
export const partsOf = (
  { chain, boot, machine = {} }: Disk,
  path: (file: FileRef) => string,
): Partial<MachineSpec> => {
  const { bus = 'virtio', ...rest } = machine
  return {
    ...structuredClone(rest),
    disks: [{ path: path(chain.at(-1)!), format: 'qcow2', bus }],
    ...(boot && {
      directBoot: {
        kernel: path(boot.kernel),
        ...(boot.initrd && { initrd: path(boot.initrd) }),
        cmdline: boot.cmdline,
      },
    }),
  }
}

/**
 * The machines in which steps work: as a disk tells. What the config says of the machine is for the finished image; of
 * what plugins say of that, the login holds.
 */
export const buildMachines = (build: MachineSource): BuildMachines => ({
  spec: (disk) =>
    firstSpec(
      build.image.name,
      partsOf(disk, (file) => build.store.path(file)),
    ),
  login: async () => (await specifyMachine(build)).login,
})
