import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { BuildMachines } from '../checkpoint/world.ts'
import { errors } from '../errors/catalogue.ts'
import type { RunningMachine } from '../machine/running.ts'
import { type MachineSpec, SSH } from '../machine/spec.ts'
import { type StartOptions, startMachine } from '../machine/start.ts'
import type { Disk } from './artifact.ts'
import type { Build } from './build.ts'
import type { FileRef } from './file-ref.ts'

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

/** The machine of an image as its plugins and its config want it, without a disk. */
export const specifyMachine = async (
  build: Build,
  parts: Partial<MachineSpec> = {},
): Promise<MachineSpec> => {
  const first = firstSpec(build.image.name, parts)
  return withSpare((await build.lifecycle.hooks.boot.promise(first, build)) as MachineSpec)
}

/** What a disk tells of its machine. */
const partsOf = (
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
export const buildMachines = (build: Build): BuildMachines => ({
  spec: (disk) =>
    firstSpec(
      build.image.name,
      partsOf(disk, (file) => build.store.path(file)),
    ),
  login: async () => (await specifyMachine(build)).login,
})

const specified = new WeakMap<Build, Promise<{ disk: Disk; spec: MachineSpec }>>()

/** The build's disk and the machine to start from it, found out once in a build. */
export const specify = (build: Build): Promise<{ disk: Disk; spec: MachineSpec }> => {
  const known = specified.get(build) ?? buildAndSpecify(build)
  specified.set(build, known)
  return known
}

const buildAndSpecify = async (build: Build) => {
  const disk = await build.artifact('qcow2')
  if (disk.kind !== 'disk') throw errors.noDisk(build.image.name)
  const parts = partsOf(disk, (file) => build.store.path(file))
  const spec = await specifyMachine(build, parts)
  if (spec.firmware === 'uefi' && spec.directBoot) throw errors.machineFirmware(build.image.name)
  return { disk, spec }
}

/** Starts a build's machine, calls `act` with it, and leaves nothing of it behind. */
export const withMachine = async <T>(
  build: Build,
  disk: Disk,
  spec: MachineSpec,
  options: Partial<StartOptions>,
  act: (machine: RunningMachine) => Promise<T>,
): Promise<T> => {
  // in the store, so that `clean` finds it after a kill
  const work = await mkdtemp(join(build.store.directory, 'tmp', 'machine-'))
  const tools = await build.maker.toolbox()
  const log = build.maker.logger('console')
  try {
    const machine = await build.timed('boot', () =>
      startMachine(spec, {
        tools,
        work,
        seed: build.image.name,
        readable: disk.chain.map((file) => build.store.path(file)),
        signal: build.options.signal,
        onConsole: (line) => log.line(line),
        ...options,
      }),
    )
    const { name, reason } = machine.accelerator
    build.options.report({
      type: 'info',
      text: `Runs under ${name.toUpperCase()}${reason ? `: ${reason}` : ''}; SSH after ${(machine.bootMs / 1000).toFixed(1)} s.`,
    })
    try {
      return await act(machine)
    } finally {
      await machine.stop()
    }
  } finally {
    await build.store.deleteTemporary(work)
  }
}
