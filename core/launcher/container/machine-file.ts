import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { messageOf } from '../../base/errors/error.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'

/** Reads machine.json; its paths become absolute. Throws MACHINE_FILE. */
export const readMachine = async (file: string): Promise<MachineSpec> => {
  try {
    return absolute(JSON.parse(await readFile(file, 'utf8')) as MachineSpec, file)
  } catch (error) {
    throw errors.machineFile(file, messageOf(error))
  }
}

const absolute = (spec: MachineSpec, file: string): MachineSpec => {
  if (spec?.version !== 1)
    throw new Error(`it has version ${spec?.version}, and this launcher knows version 1`)
  if (!Array.isArray(spec.disks)) throw new Error('it has no list of disks')
  const at = (path: string) => resolve(dirname(file), path)
  const { directBoot, saved, uefi } = spec
  return {
    ...spec,
    disks: spec.disks.map((disk) => ({ ...disk, path: at(disk.path) })),
    ...(saved && { saved: saved.map((one) => ({ ...one, directory: at(one.directory) })) }),
    ...(uefi && { uefi: { code: at(uefi.code), variables: at(uefi.variables) } }),
    ...(directBoot && {
      directBoot: {
        ...directBoot,
        kernel: at(directBoot.kernel),
        ...(directBoot.initrd && { initrd: at(directBoot.initrd) }),
      },
    }),
  }
}
