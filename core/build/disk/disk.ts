import { open, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import type { Disk, Tree, Unkeyed } from '../../base/model/artifact.ts'
import type { Step } from '../../contract/plugin/step.ts'
import { bootSector, CORE_IMAGE_LIMIT, PARTITION_OFFSET } from './partitions/boot-sector.ts'
import { ext4Options, measure, sized } from './size.ts'

/** How large a disk gets, in MiB. */
export interface DiskOptions {
  /** The whole; from the content if left out. */
  size?: number | undefined
  /** Room beside the content, where the size comes from it. */
  margin?: number | undefined
}

const DEFAULT_MARGIN = 256

/** Any fixed value does; a random one would make every build another. */
const FILESYSTEM_UUID = 'a17d07e1-0000-4000-8000-000000000001'

/** What GRUB needs to find and start a kernel on an ext4 partition, with the console on the serial line. */
const GRUB_MODULES = ['biosdisk', 'part_msdos', 'ext2', 'linux', 'normal', 'configfile', 'serial', 'terminal']
const GRUB_DIRECTORY = '/usr/lib/grub/i386-pc'

/** A bootable qcow2 from a tree: one ext4 partition, no mounting, no loop device, the same bytes every time. */
export const makeDisk = async (step: Step, tree: Tree, options: DiskOptions): Promise<Unkeyed<Disk>> => {
  const trees = { '/tree': tree }
  const listing = await step.run(['find', '/tree', '-xdev', '-printf', '%y %s\\n'], {
    trees,
    onLine: () => {},
  })
  const content = measure(listing.stdout)
  const least = sized(content, 0)
  let spare = options.margin ?? DEFAULT_MARGIN
  if (options.size !== undefined) {
    // the partition table and the boot loader take the first MiB
    spare = Math.floor(((options.size - 1 - 4) * 50) / 51) - least.mib
    if (spare < 1) throw errors.diskTooSmall(`${options.size} MiB`, `${least.mib} MiB`)
  }
  const { mib: fitted, inodes } = sized(content, spare)
  const mib = options.size === undefined ? fitted : options.size - 1
  const raw = join(step.work, 'disk.raw')
  await writeFile(raw, '')
  await truncate(raw, PARTITION_OFFSET + mib * 1024 * 1024)
  step.log.info(`ext4 of ${mib} MiB for ${content.files} files`)
  await step.run(
    [
      'mke2fs',
      ...ext4Options(inodes),
      '-U',
      FILESYSTEM_UUID,
      '-L',
      'antidote',
      '-O',
      '^metadata_csum_seed,^orphan_file,^resize_inode',
      '-E',
      `offset=${PARTITION_OFFSET},hash_seed=${FILESYSTEM_UUID},root_owner=0:0,lazy_itable_init=0,nodiscard`,
      '-d',
      '/tree',
      raw,
      `${mib}M`,
    ],
    { trees },
  )
  await writeBootLoader(step, raw, mib * 1024 * 1024)
  const disk = join(step.out, 'disk.qcow2')
  // in the order of the disk: writing out of order would give other bytes each time
  await step.run(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', '-m', '1', raw, disk])
  await rm(raw)
  return { kind: 'disk', chain: [step.ref('disk.qcow2')], ...(tree.boot && { boot: tree.boot }) }
}

const writeBootLoader = async (step: Step, raw: string, partitionBytes: number): Promise<void> => {
  const core = join(step.work, 'core.img')
  const boot = join(step.work, 'boot.img')
  await step.run([
    'grub-mkimage',
    '-O',
    'i386-pc',
    '-o',
    core,
    '-p',
    '(hd0,msdos1)/boot/grub',
    ...GRUB_MODULES,
  ])
  await step.run(['cp', `${GRUB_DIRECTORY}/boot.img`, boot])
  const coreImage = await readFile(core)
  if (coreImage.length > CORE_IMAGE_LIMIT) throw errors.bootLoaderTooLarge(coreImage.length)
  const file = await open(raw, 'r+')
  try {
    const sector = bootSector(await readFile(boot), partitionBytes)
    await file.write(sector, 0, sector.length, 0)
    await file.write(coreImage, 0, coreImage.length, sector.length)
  } finally {
    await file.close()
  }
}
