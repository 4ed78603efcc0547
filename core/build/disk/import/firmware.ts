import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { MachineSpec } from '../../../base/model/machine-spec.ts'
import { hasBootCode, hasEsp, TABLE_BYTES } from '../partitions/partitions.ts'
import type { ImportStep } from './types.ts'

/** The first bytes of a qcow2's content. */
const headOf = async (step: ImportStep, qcow2: string): Promise<Buffer> => {
  const head = join(step.work, 'head.raw')
  const range = [`bs=${TABLE_BYTES}`, 'count=1', `if=${qcow2}`, `of=${head}`]
  await step.run(['qemu-img', 'dd', '-f', 'qcow2', '-O', 'raw', ...range], { onLine: () => {} })
  const content = await readFile(head)
  await rm(head)
  return content
}

/** By what firmware a disk boots: UEFI where it has an EFI system partition and nothing that a BIOS could run. */
export const firmwareOf = async (
  step: ImportStep,
  name: string,
  qcow2: string,
): Promise<NonNullable<MachineSpec['firmware']>> => {
  const head = await headOf(step, qcow2)
  if (!hasEsp(head)) return 'bios'
  if (hasBootCode(head)) {
    step.log.info(
      `${name} boots by BIOS and has an EFI system partition: machine.firmware: 'uefi' boots that`,
    )
    return 'bios'
  }
  step.log.info(`${name} has an EFI system partition and no boot code for a BIOS: it boots by UEFI`)
  return 'uefi'
}
