import type { DiskFormat } from './disk-format.ts'
import type { FileRef } from './file-ref.ts'
import type { DiskSpec, MachineSpec } from './machine-spec.ts'

/** How a machine starts without a boot loader: QEMU loads the kernel itself. */
export interface DirectBoot {
  /** An uncompressed PVH vmlinux, or a bzImage. */
  readonly kernel: FileRef
  readonly initrd?: FileRef
  readonly cmdline: string
}

/** What build steps see in a tree beside the tree itself; none of it is in the result. */
export interface Scaffold {
  readonly env?: Readonly<Record<string, string>>
  /** Content of executable files by absolute path. */
  readonly files?: Readonly<Record<string, string>>
  /** Directories of the host, by absolute path, which steps see there read-only; one that is missing is left out. */
  readonly directories?: readonly string[]
}

/** Nothing yet. */
export interface Scratch {
  readonly kind: 'scratch'
  readonly key: string
}

/** A root file system: a stack of overlay layers, the lowest first. */
export interface Tree {
  readonly kind: 'tree'
  readonly key: string
  readonly layers: readonly FileRef[]
  readonly boot?: DirectBoot
  readonly scaffold?: Scaffold
}

/**
 * What a disk needs to run, where that is not what the core takes. It is written into the store: a password that is a
 * secret belongs into a tap of the boot stage, whose login is used where this names none.
 */
export type DiskMachine = Readonly<
  Partial<Omit<MachineSpec, 'version' | 'name' | 'hostname' | 'disks' | 'directBoot' | 'saved' | 'uefi'>>
> & {
  /** The bus of the disk itself; virtio if left out. */
  readonly bus?: DiskSpec['bus']
}

/** A machine that was saved while it ran from a disk, after a step that worked in it. */
export interface Checkpoint {
  /** The guest's memory and the state of its devices, as QEMU writes them. */
  readonly state: FileRef
  /** The sha256 of that. */
  readonly sha256: string
  readonly accelerator: 'kvm' | 'tcg'
  /** QEMU's version with its package. */
  readonly qemu: string
  /** A digest over the hardware; other hardware does not take the state. */
  readonly hardware: string
  /** How many files of the disk's chain are from before the machine was started. */
  readonly base: number
}

/**
 * A file of a disk's chain that holds a vendor's bits, which others may not be given, and what it is made from: who
 * has the same file of the vendor makes the same of it.
 */
export interface VendorDisk {
  /** The file of the chain. */
  readonly file: FileRef
  /** What the vendor's file was called, and its sha256. */
  readonly name: string
  readonly sha256: string
  /** What it was said to be. */
  readonly format?: DiskFormat
  /** What converted it, with its version. */
  readonly converter: string
}

/** A disk: a chain of qcow2 files, the base first. */
export interface Disk {
  readonly kind: 'disk'
  readonly key: string
  readonly chain: readonly FileRef[]
  readonly boot?: DirectBoot
  readonly machine?: DiskMachine
  /** A machine that runs from the top of the chain, and which the next step goes on with. */
  readonly checkpoint?: Checkpoint
  /** Where it comes from, if that may not be passed on. A step that makes another disk of this one need not name it. */
  readonly vendor?: VendorDisk
}

/** What travels from stage to stage; frozen. */
export type Artifact = Scratch | Tree | Disk

/** An artifact as a tap returns it: the lifecycle sets the key. */
export type Unkeyed<A extends Artifact = Artifact> = A extends Artifact
  ? Omit<A, 'key'> & { key?: string }
  : never

/** The entries that an artifact points into. */
export const referencesOf = (artifact: Artifact): string[] => {
  const files: (FileRef | undefined)[] =
    artifact.kind === 'tree' ? [...artifact.layers] : artifact.kind === 'disk' ? [...artifact.chain] : []
  if (artifact.kind !== 'scratch') files.push(artifact.boot?.kernel, artifact.boot?.initrd)
  if (artifact.kind === 'disk') files.push(artifact.checkpoint?.state)
  return [...new Set(files.flatMap((file) => (file ? [file.step] : [])))]
}

/** Freezes an artifact with everything in it. */
export const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) freeze(part)
  }
  return value
}
