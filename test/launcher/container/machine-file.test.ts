import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readMachine } from '../../../core/launcher/container/machine-file.ts'
import { scratch } from '../../publish/oci/help.ts'

const file = (content: string): string => {
  const path = join(scratch(), 'machine.json')
  writeFileSync(path, content)
  return path
}

test('paths are relative to the file', async () => {
  const path = file(
    JSON.stringify({
      version: 1,
      name: 'x',
      disks: [{ path: 'step/disk.qcow2', format: 'qcow2', bus: 'virtio' }],
      directBoot: { kernel: 'k/vmlinux', cmdline: 'quiet' },
      firmware: 'uefi',
      uefi: { code: 'firmware/code', variables: 'firmware/variables' },
      saved: [{ accelerator: 'tcg', directory: 'ab', sha256: 'cd' }],
    }),
  )
  const spec = await readMachine(path)
  const at = (relative: string) => path.replace('machine.json', relative)
  expect(spec.disks[0]!.path).toBe(at('step/disk.qcow2'))
  expect(spec.saved).toEqual([{ accelerator: 'tcg', directory: at('ab'), sha256: 'cd' }])
  expect(spec.uefi).toEqual({ code: at('firmware/code'), variables: at('firmware/variables') })
  expect(spec.directBoot).toEqual({ kernel: at('k/vmlinux'), cmdline: 'quiet' })
})

test.for([
  ['{"version":2}', 'it has version 2'],
  ['{', 'JSON'],
  ['null', 'it has version undefined'],
  ['{"version":1}', 'it has no list of disks'],
] as const)('%s is refused', async ([content, reason]) => {
  await expect(readMachine(file(content))).rejects.toMatchObject({
    code: 'MACHINE_FILE',
    message: expect.stringContaining(reason),
  })
})

test('a missing file is named', async () => {
  await expect(readMachine('/nowhere/machine.json')).rejects.toMatchObject({
    code: 'MACHINE_FILE',
    message: expect.stringContaining('/nowhere/machine.json'),
  })
})
