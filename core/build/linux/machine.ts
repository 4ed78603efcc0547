import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import type { DirectBoot } from '../../base/model/artifact.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import { reveal, type Secret } from '../../base/model/secret.ts'
import type { Step } from '../../contract/plugin/step.ts'
import type { Guest } from '../../machine/guest/guest.ts'
import { type BootEntry, writeBootEntry } from './boot-loader.ts'

/**
 * The machine's name is the image's, where none was given: dots and underscores have no place in it.
 * Throws HOSTNAME_LONG.
 */
export const hostnameOf = (image: string, given?: string): string => {
  if (given === undefined && image.length > 63) throw errors.hostnameLong(image)
  return given ?? image.replace(/[._]/g, '-')
}

/** Options with the machine's name settled. */
export type Settled<T> = T & { hostname: string }

/** A plugin's options, with the image's name for the machine where none was given. */
export const settle = <T extends { hostname?: string | undefined }>(
  options: T,
  image: string,
): Settled<T> => ({
  ...options,
  hostname: hostnameOf(image, options.hostname),
})

/** Who logs in, and what the guest can take. */
export interface Face {
  hostname: string
  user: string
  password: string | Secret
  /** The kernel has 9p, so the guest can mount the lesson's files. */
  lesson: boolean
}

/** The machine of a guest that `applySettings` set up. */
export const machineOf = (spec: MachineSpec, { hostname, user, password, lesson }: Face): MachineSpec => ({
  ...spec,
  hostname,
  lesson,
  // every kernel of ours and theirs has virtio ports, and the root file system a listener
  channel: true,
  login: { user, password: reveal(password) },
})

/** Has the tree's own kernel and initrd started: by GRUB, and by QEMU directly from copies in the step's result. */
export const bootFromTree = async (
  step: Step,
  guest: Guest,
  entry: Required<BootEntry>,
): Promise<DirectBoot> => {
  await writeBootEntry(guest, entry)
  await guest.download(entry.kernel, join(step.out, 'vmlinuz'))
  await guest.download(entry.initrd, join(step.out, 'initrd.img'))
  return { kernel: step.ref('vmlinuz'), initrd: step.ref('initrd.img'), cmdline: entry.cmdline }
}

/** Has a kernel that the named need compiled started: by GRUB from the tree, and by QEMU directly, without an initrd. */
export const bootCompiled = async (
  step: Step,
  guest: Guest,
  need: string,
  cmdline: string,
): Promise<DirectBoot> => {
  const { stdout } = await guest.exec(['sh', '-c', 'ls /boot/vmlinuz-*'])
  await writeBootEntry(guest, { kernel: stdout.trim(), cmdline })
  await copyFile(join(step.need(need), 'vmlinux'), join(step.out, 'vmlinux'))
  return { kernel: step.ref('vmlinux'), cmdline }
}
