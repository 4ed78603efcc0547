import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeFifo } from '../../../support/directory.ts'
import { contentOf, convert, rawDisk, tool, world } from './world.ts'

/** Every way of packing a file: the command, and what it leaves. */
const PACKINGS: Record<string, (name: string) => [command: string[], packed: string]> = {
  xz: (name) => [['xz', '-0k', name], `${name}.xz`],
  gz: (name) => [['gzip', '-1k', name], `${name}.gz`],
  zst: (name) => [['zstd', '-1q', name], `${name}.zst`],
  zip: (name) => [['python3', '-m', 'zipfile', '-c', `${name}.zip`, name], `${name}.zip`],
}

describe.each(['raw', 'qcow2', 'vmdk', 'vdi', 'vhdx', 'ova'])('an image that is %s', (format) => {
  test.each(Object.keys(PACKINGS))('comes back from .%s', async (packing) => {
    const { directory, attempt } = world()
    const name = `image.${format}`
    const raw = convert(directory, format === 'ova' ? 'vmdk' : format, name)
    if (format === 'ova') {
      tool(directory, 'mv', name, 'image.vmdk')
      writeFileSync(
        join(directory, 'image.ovf'),
        '<Envelope><References><File id="f" href="image.vmdk"/></References><DiskSection><Disk diskId="d" fileRef="f"/></DiskSection></Envelope>',
      )
      tool(directory, 'tar', '-cf', name, 'image.ovf', 'image.vmdk')
    }
    const [command, packed] = PACKINGS[packing]!(name)
    tool(directory, ...command)
    const { file } = await attempt({ path: packed })
    expect(contentOf(file).equals(raw)).toBe(true)
  })
})

describe('a compressed image', () => {
  test.each([
    ['xz', 'disk.vmdk.xz', ['xz', '-k', 'disk.vmdk']],
    ['gzip', 'disk.vmdk.gz', ['gzip', '-k', 'disk.vmdk']],
    ['Zstandard', 'disk.vmdk.zst', ['zstd', '-q', 'disk.vmdk']],
    ['ZIP', 'disk.zip', ['python3', '-m', 'zipfile', '-c', 'disk.zip', 'disk.vmdk']],
  ])('by %s is unpacked', async (_name, packed, command) => {
    const { directory, attempt, told } = world()
    const raw = convert(directory, 'vmdk', 'disk.vmdk')
    tool(directory, ...command)
    const { file, work } = await attempt({ path: packed })
    expect(contentOf(file).equals(raw)).toBe(true)
    expect(told).toEqual(['disk.vmdk: a VMDK image of 8 MB'])
    expect(readdirSync(work)).not.toContain(packed)
  })

  test('in an archive in a compressed file is found, and tells how far it is', async () => {
    const { directory, attempt, told } = world()
    rawDisk(directory)
    truncateSync(join(directory, 'disk.raw'), 400 * 1024 * 1024)
    tool(directory, 'tar', '--sparse', '-cf', 'disk.tar', 'disk.raw')
    tool(directory, 'xz', '-0', 'disk.tar')
    const { file } = await attempt({ path: 'disk.tar.xz' })
    expect(JSON.parse(tool('/', 'qemu-img', 'info', '--output=json', file))).toMatchObject({
      'virtual-size': 400 * 1024 * 1024,
    })
    expect(told).toContain('disk.raw: 50 % of 400 MB converted')
    expect(told).toContain('disk.raw: 100 % of 400 MB compared')
  })

  test.each([
    ['xz', ['xz', '-k', 'disk.raw'], 'disk.raw.xz'],
    ['gzip', ['gzip', '-k', 'disk.raw'], 'disk.raw.gz'],
    ['zstd', ['zstd', '-q', 'disk.raw'], 'disk.raw.zst'],
  ])('that was cut short by the network is told: %s', async (program, command, packed) => {
    const { directory, attempt } = world()
    rawDisk(directory)
    tool(directory, ...command)
    truncateSync(join(directory, packed), Math.floor(statSync(join(directory, packed)).size / 2))
    await expect(attempt({ path: packed })).rejects.toMatchObject({
      code: 'DISK_DAMAGED',
      message: expect.stringMatching(new RegExp(`^${packed} is damaged: .*(unexpected|premature)`, 'i')),
    })
    expect(program).not.toBe('')
  })

  test('with bytes after its gzip stream is taken with a warning; a wrong sum in the stream is damage', async () => {
    const { directory, attempt, told } = world()
    const raw = readFileSync(rawDisk(directory))
    tool(directory, 'gzip', '-k', 'disk.raw')
    const packed = readFileSync(join(directory, 'disk.raw.gz'))
    const signed = Buffer.concat([packed, Buffer.from('{"version":"24.10"}\nsignature FWx0')])
    writeFileSync(join(directory, 'signed.img.gz'), signed)
    expect(contentOf((await attempt({ path: 'signed.img.gz' })).file).equals(raw)).toBe(true)
    expect(told).toContain(
      'warning: signed.img.gz has bytes after its gzip stream, such as a signature; they are left out.',
    )
    // the trailer of the stream: CRC32, then the length
    for (const at of [packed.length - 8, packed.length - 4]) {
      const wrong = Buffer.from(signed)
      wrong[at]! ^= 0xff
      writeFileSync(join(directory, 'wrong.img.gz'), wrong)
      await expect(attempt({ path: 'wrong.img.gz' })).rejects.toMatchObject({ code: 'DISK_DAMAGED' })
    }
  })

  test('of several disks is not chosen from', async () => {
    const { directory, attempt } = world()
    for (const name of ['a.raw', 'b.raw']) rawDisk(directory, name)
    tool(directory, 'python3', '-m', 'zipfile', '-c', 'disks.zip', 'a.raw', 'b.raw')
    await expect(attempt({ path: 'disks.zip' })).rejects.toMatchObject({
      code: 'DISK_CHOICE',
      message: 'disks.zip holds 2 disks: a.raw, b.raw.',
    })
  })

  test.each(['disk.raw', 'disk.ovf'])('that holds a FIFO instead of %s is refused at once', async (name) => {
    const { directory, attempt } = world()
    makeFifo(join(directory, name))
    tool(directory, 'tar', '-cf', 'disk.tar', name)
    await expect(attempt({ path: 'disk.tar' })).rejects.toMatchObject({
      code: 'DISK_REFUSED',
      message: expect.stringContaining(`${name} in it is a FIFO, not a file`),
    })
  })

  test('that is a FIFO itself is named at once', async () => {
    const { directory, attempt } = world()
    makeFifo(join(directory, 'disk.raw'))
    await expect(attempt({ path: 'disk.raw' })).rejects.toMatchObject({
      message: `${directory}/disk.raw cannot be read: it is a FIFO, not a regular file.`,
    })
  })

  test('with a text beside it is found; with its extents it is whole', async () => {
    const { directory, attempt } = world()
    const raw = convert(directory, 'vmdk', 'disk.vmdk', 'subformat=monolithicFlat')
    writeFileSync(join(directory, 'README.txt'), 'read me')
    const files = ['README.txt', 'disk.vmdk', 'disk-flat.vmdk']
    tool(directory, 'python3', '-m', 'zipfile', '-c', 'disk.zip', ...files)
    expect(contentOf((await attempt({ path: 'disk.zip' })).file).equals(raw)).toBe(true)
  })

  test('that is damaged within a ZIP is told', async () => {
    const { directory, attempt } = world()
    rawDisk(directory)
    tool(directory, 'python3', '-m', 'zipfile', '-c', 'disk.zip', 'disk.raw')
    const bytes = readFileSync(join(directory, 'disk.zip'))
    bytes.fill(0xff, 4000, 4100)
    writeFileSync(join(directory, 'disk.zip'), bytes)
    await expect(attempt({ path: 'disk.zip' })).rejects.toMatchObject({ code: 'DISK_DAMAGED' })
    truncateSync(join(directory, 'disk.zip'), 1000)
    await expect(attempt({ path: 'disk.zip' })).rejects.toThrow('File is not a zip file')
  })
})
