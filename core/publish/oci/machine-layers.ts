import { basename, join } from 'node:path'
import type { DirectBoot, Disk } from '../../base/model/artifact.ts'
import type { FileRef } from '../../base/model/file-ref.ts'
import type { MachineSpec, SavedMachine, UefiFiles } from '../../base/model/machine-spec.ts'
import { OVMF } from '../../machine/qemu/firmware.ts'
import type { LayerFile } from './tar.ts'

/** Where a machine is in its image. */
export const MACHINE_DIRECTORY = 'machine'

/** A layer that is still to be written. */
export interface LayerPlan {
  role: string
  files: LayerFile[]
  /** `false` where a vendor's bits are in it. */
  redistributable?: false
}

/** A saved machine as the store has it. */
export interface SavedFiles {
  accelerator: SavedMachine['accelerator']
  files: readonly FileRef[]
  /** The digest of its record. */
  sha256: string
  tests?: SavedMachine['tests']
}

const same = (one: FileRef, other: FileRef): boolean => one.step === other.step && one.path === other.path

/** Whether a disk has a vendor's disk as a file of its own, which can be left out and made again. */
export const isSeparate = ({ chain, vendor }: Pick<Disk, 'chain' | 'vendor'>): boolean =>
  vendor !== undefined && chain.some((ref) => same(ref, vendor.file))

/** What a layer of a disk is marked with: the vendor's own file, or all of them where that was mixed into others. */
const mark = (disk: Pick<Disk, 'chain' | 'vendor'>, ref: FileRef): Pick<LayerPlan, 'redistributable'> =>
  disk.vendor && (!isSeparate(disk) || same(ref, disk.vendor.file)) ? { redistributable: false } : {}

/** The same relative place as in the store, because a qcow2 file names its base relative to itself. */
export const placeOf = (ref: FileRef): string => `${ref.step}/${ref.path}`

/** Saved again, the same machine has other bytes and so another directory, beside those of the disks. */
const directoryOf = ({ sha256 }: SavedFiles): string => sha256.slice(0, 32)

const savedFiles = (saved: SavedFiles, pathOf: (ref: FileRef) => string): LayerFile[] =>
  saved.files.map((ref) => ({
    path: `${MACHINE_DIRECTORY}/${directoryOf(saved)}/${ref.path}`,
    source: pathOf(ref),
    mode: 0o644,
  }))

const savedOf = (saved: SavedFiles): SavedMachine => ({
  accelerator: saved.accelerator,
  directory: directoryOf(saved),
  sha256: saved.sha256,
  ...(saved.tests && { tests: saved.tests }),
})

const placeOfOther = (path: string, index: number): string => `disk${index + 1}/${basename(path)}`

const bootOf = (boot: DirectBoot) => ({
  kernel: placeOf(boot.kernel),
  ...(boot.initrd && { initrd: placeOf(boot.initrd) }),
  cmdline: boot.cmdline,
})

const inFirmware = (path: string): string => `firmware/${basename(path)}`

const UEFI: UefiFiles = { code: inFirmware(OVMF.code), variables: inFirmware(OVMF.variables) }

/**
 * UEFI out of the toolbox, with its licences: a layer of its own, the same for all images that need it. Images with a
 * BIOS have that in the runtime layer and go without this one.
 */
const firmwareLayer = (toolbox: string): LayerPlan => ({
  role: 'firmware',
  files: [
    ...[OVMF.code, OVMF.variables].map((path) => ({
      path: `${MACHINE_DIRECTORY}/${inFirmware(path)}`,
      source: join(toolbox, path),
      mode: 0o644,
    })),
    { path: LICENCE, source: join(toolbox, LICENCE), mode: 0o644 },
  ],
})

const LICENCE = 'usr/share/doc/ovmf/copyright'

/**
 * The layers of a machine: UEFI where it boots by that; one for each file of the disk's chain, base first, so that images share what they share on
 * disk; then the kernel with machine.json, whose paths are relative to itself. `spec` is the machine as it booted:
 * its first disk and its direct boot become those of `disk`; its other disks are taken from where it names them. Each
 * saved machine is a layer of its own, its memory as a plain file: what one container reads of it, all have in memory.
 * The memory of a vendor's system has its programs in it. `toolbox` is where that is on this host.
 */
export const machineLayers = (
  disk: Pick<Disk, 'chain' | 'boot' | 'vendor'>,
  spec: MachineSpec,
  pathOf: (ref: FileRef) => string,
  saved: readonly SavedFiles[] = [],
  toolbox = '/',
): LayerPlan[] => {
  const inImage = (ref: FileRef, mode = 0o644): LayerFile => ({
    path: `${MACHINE_DIRECTORY}/${placeOf(ref)}`,
    source: pathOf(ref),
    mode,
  })
  const { directBoot: _onHost, ...rest } = spec
  const top = disk.chain.at(-1)!
  const [first, ...others] = spec.disks
  const machine: MachineSpec = {
    ...rest,
    disks: [
      { ...first!, path: placeOf(top) },
      ...others.map((other, index) => ({ ...other, path: placeOfOther(other.path, index) })),
    ],
    ...(spec.firmware === 'uefi' && { uefi: UEFI }),
    ...(disk.boot && spec.directBoot && { directBoot: bootOf(disk.boot) }),
    ...(saved.length > 0 && { saved: saved.map(savedOf) }),
  }
  const kernel = machine.directBoot && disk.boot ? [disk.boot.kernel, disk.boot.initrd] : []
  return [
    ...(spec.firmware === 'uefi' ? [firmwareLayer(toolbox)] : []),
    ...disk.chain.map((ref) => ({ role: 'disk', files: [inImage(ref)], ...mark(disk, ref) })),
    ...others.map(({ path }, index) => ({
      role: 'disk',
      files: [{ path: `${MACHINE_DIRECTORY}/${placeOfOther(path, index)}`, source: path, mode: 0o644 }],
    })),
    ...saved.map((one) => ({
      role: 'snapshot',
      files: savedFiles(one, pathOf),
      ...(disk.vendor && { redistributable: false as const }),
    })),
    {
      role: 'machine',
      files: [
        ...kernel.flatMap((ref) => (ref ? [inImage(ref)] : [])),
        { path: `${MACHINE_DIRECTORY}/machine.json`, content: `${JSON.stringify(machine, null, 1)}\n` },
      ],
    },
  ]
}
