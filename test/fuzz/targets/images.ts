import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkQcow2 } from '../../../core/build/disk/import/qcow2.ts'
import { recognise } from '../../../core/build/disk/import/recognise.ts'
import { checkVmdk } from '../../../core/build/disk/import/vmdk.ts'
import { hasBootCode, hasEsp, partitionsOf } from '../../../core/build/disk/partitions/partitions.ts'
import type { Random } from '../random.ts'
import { scratch } from '../scratch.ts'
import { codes, holds, type Target } from '../target.ts'

const directory = scratch({ 'disk-flat.vmdk': Buffer.alloc(1024) })
const path = join(directory, 'disk')

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/images'),
  words: [
    'KDMV\x01\0\0\0',
    '# Disk DescriptorFile\n',
    'RW 2048 FLAT "disk-flat.vmdk" 0\n',
    'RW 1 SPARSE "../../etc/passwd"\n',
    'parentFileNameHint="/etc/passwd"\n',
    'parentCID=12345678\n',
    'QFI\xfb\0\0\0\x03',
    'EFI PART',
    '\x55\xaa',
  ],
  read: async (input: Buffer, random: Random) => {
    writeFileSync(path, input)
    const file = { path, name: 'disk', extents: random.once(2) ? [join(directory, 'disk-flat.vmdk')] : [] }
    hasBootCode(input)
    hasEsp(input)
    for (const { start } of partitionsOf(input)) holds(start >= 0, 'a partition begins before its disk')
    const content = await recognise(file, random.once(4))
    if (content === 'qcow2') await checkQcow2(file)
    if (content === 'vmdk') await checkVmdk(file)
  },
  expects: codes(/^DISK_/),
}
