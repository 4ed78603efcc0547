import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sha256 } from '../../../../core/base/files/digest.ts'
import { gptDisk, mbrDisk } from '../table.ts'
import { contentOf, convert, rawDisk, tool, world } from './world.ts'

describe('an image', () => {
  test.each([
    ['qcow2', 'disk.qcow2', []],
    ['qcow2', 'disk.qcow2', ['compat=0.10']],
    ['vmdk', 'disk.vmdk', ['subformat=monolithicSparse']],
    ['vmdk', 'disk.vmdk', ['subformat=streamOptimized']],
    ['vdi', 'disk.vdi', []],
    ['vhdx', 'disk.vhdx', []],
    ['raw', 'disk.img', []],
  ])('of the format %s comes back with the same content: %s %j', async (format, name, options) => {
    const { directory, attempt, told } = world()
    const raw = convert(directory, format, name, ...options)
    const { disk, file } = await attempt({ path: name })
    expect(disk).toEqual({
      kind: 'disk',
      chain: [{ step: 'own', path: 'disk.qcow2' }],
      machine: { thirdParty: true },
    })
    expect(contentOf(file).equals(raw)).toBe(true)
    expect(told.filter((text) => text.startsWith('warning'))).toEqual([])
    // zeros take no room
    expect(statSync(file).size).toBeLessThan(2_000_000)
  })

  test('gives the same bytes each time, whatever it came in', async () => {
    const { directory, attempt } = world()
    convert(directory, 'vmdk', 'disk.vmdk')
    const files = await Promise.all(['disk.vmdk', 'disk.raw', 'disk.raw'].map((path) => attempt({ path })))
    const [first, ...others] = files.map(({ file }) => readFileSync(file))
    for (const other of others) expect(other.equals(first!)).toBe(true)
  })

  test('that is flat comes with the extents that its descriptor names', async () => {
    const { directory, attempt } = world()
    const raw = convert(directory, 'vmdk', 'disk.vmdk', 'subformat=monolithicFlat')
    const { file } = await attempt({ path: 'disk.vmdk', extents: ['disk-flat.vmdk'] })
    expect(contentOf(file).equals(raw)).toBe(true)
    await expect(attempt({ path: 'disk.vmdk' })).rejects.toMatchObject({
      code: 'DISK_REFUSED',
      message: 'disk.vmdk cannot be imported: its content is in disk-flat.vmdk, which was not given with it.',
    })
  })

  test('whose name says something else is read by its content, and that is told', async () => {
    const { directory, attempt, told } = world()
    convert(directory, 'qcow2', 'disk.vmdk')
    await attempt({ path: 'disk.vmdk' })
    expect(told).toContain(
      'warning: disk.vmdk is named like a VMDK image, and is a qcow2 image, by which it is read.',
    )
  })

  test('that is named by its format must be that', async () => {
    const { directory, attempt } = world()
    convert(directory, 'qcow2', 'disk.qcow2')
    await expect(attempt({ path: 'disk.qcow2', format: 'vmdk' })).rejects.toMatchObject({
      code: 'DISK_FORMAT',
      message: 'disk.qcow2 is a qcow2 image, not a VMDK image.',
    })
  })

  test('that begins like nothing is a raw disk only if that is said', async () => {
    const { directory, attempt } = world()
    const content = Buffer.alloc(1024 * 1024, 'no boot sector ')
    writeFileSync(join(directory, 'disk.img'), content)
    await expect(attempt({ path: 'disk.img' })).rejects.toMatchObject({
      code: 'DISK_UNKNOWN',
      message: expect.stringContaining('it begins with 6e 6f 20 62'),
    })
    const { file } = await attempt({ path: 'disk.img', format: 'raw' })
    expect(contentOf(file).equals(content)).toBe(true)
  })
})

describe('the firmware that a disk boots by', () => {
  const esp = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b'
  const biosBoot = '21686148-6449-6e6f-744e-656564454649'
  const bootable = (head: Buffer) => {
    const code = Buffer.from(head)
    code.write('a boot loader')
    return code
  }

  test.each([
    ['UEFI with an ESP and no boot code', gptDisk([esp]), { firmware: 'uefi' }, 'it boots by UEFI'],
    ['UEFI with an ESP in an MBR', mbrDisk(['ef', '83']), { firmware: 'uefi' }, 'it boots by UEFI'],
    ['BIOS with both', bootable(gptDisk([biosBoot, esp])), {}, "machine.firmware: 'uefi' boots that"],
    ['BIOS without an ESP', bootable(gptDisk([biosBoot])), {}, undefined],
    ['BIOS with an empty table', gptDisk([]), {}, undefined],
  ])('is %s', async (_, head, firmware, said) => {
    const { directory, attempt, told } = world()
    writeFileSync(join(directory, 'disk.img'), head)
    truncateSync(join(directory, 'disk.img'), 4 * 1024 * 1024)
    tool(directory, 'qemu-img', 'convert', '-O', 'vmdk', 'disk.img', 'disk.vmdk')
    for (const path of ['disk.img', 'disk.vmdk']) {
      const { disk, work } = await attempt({ path })
      expect(disk.machine).toEqual({ thirdParty: true, ...firmware })
      expect(told.filter((text) => text.includes('EFI')).at(-1) ?? '').toContain(said ?? '')
      expect(readdirSync(work)).not.toContain('head.raw')
    }
  })

  test('is looked for in a disk that is smaller than a partition table', async () => {
    const { directory, attempt } = world()
    const sector = Buffer.alloc(512)
    sector.writeUInt16LE(0xaa55, 510)
    writeFileSync(join(directory, 'disk.img'), sector)
    expect((await attempt({ path: 'disk.img' })).disk.machine).toEqual({ thirdParty: true })
  })
})

describe('an image that is not what it should be', () => {
  test.each([
    ['a CD image', 32769, 'CD001'],
    ['a VHD image', 0, 'conectix'],
    ['an encrypted disk (LUKS)', 0, 'LUKS\xba\xbe'],
    ['an HTML page', 0, '<!DOCTYPE html>'],
  ])('is refused by what it is: %s', async (what, offset, mark) => {
    const { directory, attempt } = world()
    const content = Buffer.alloc(40_000)
    content.write(mark, offset, 'latin1')
    content.writeUInt16LE(0xaa55, 510)
    writeFileSync(join(directory, 'disk.img'), content)
    await expect(attempt({ path: 'disk.img' })).rejects.toMatchObject({
      code: 'DISK_REFUSED',
      message: `disk.img cannot be imported: it is ${what}.`,
    })
  })

  test('may not have its content in another file', async () => {
    const { directory, attempt } = world()
    rawDisk(directory)
    const create = (name: string, ...options: string[]) =>
      tool(directory, 'qemu-img', 'create', '-q', ...options, name)
    create('overlay.qcow2', '-f', 'qcow2', '-b', join(directory, 'disk.raw'), '-F', 'raw')
    await expect(attempt({ path: 'overlay.qcow2' })).rejects.toMatchObject({
      code: 'DISK_REFUSED',
      message: `overlay.qcow2 cannot be imported: it holds only the changes to another disk, ${join(directory, 'disk.raw')}.`,
    })
    tool(directory, 'qemu-img', 'create', '-q', '-f', 'qcow2', '-o', 'data_file=data', 'external.qcow2', '8M')
    await expect(attempt({ path: 'external.qcow2' })).rejects.toThrow('its content is in another file')
    tool(directory, 'qemu-img', 'convert', '-O', 'vmdk', 'disk.raw', 'base.vmdk')
    create('delta.vmdk', '-f', 'vmdk', '-b', 'base.vmdk', '-F', 'vmdk')
    await expect(attempt({ path: 'delta.vmdk' })).rejects.toThrow('changes to another disk, base.vmdk')
  })

  test('may not name files that did not come with it as its extents', async () => {
    const { directory, attempt } = world()
    convert(directory, 'vmdk', 'disk.vmdk', 'subformat=monolithicFlat')
    const descriptor = readFileSync(join(directory, 'disk.vmdk'), 'latin1')
    const point = (to: string) =>
      writeFileSync(join(directory, 'disk.vmdk'), descriptor.replace('disk-flat.vmdk', to), 'latin1')
    for (const stranger of ['/etc/passwd', '../disk-flat.vmdk', 'nbd://somewhere']) {
      point(stranger)
      await expect(attempt({ path: 'disk.vmdk', extents: ['disk-flat.vmdk'] })).rejects.toThrow(
        `its content is in ${stranger}`,
      )
    }
    // a header without content has its descriptor read as well
    const sparse = Buffer.alloc(4096)
    sparse.write('KDMV')
    writeFileSync(join(directory, 'sparse.vmdk'), sparse)
    await expect(attempt({ path: 'sparse.vmdk' })).rejects.toThrow('its content is in other files')
  })

  test('may not be encrypted', async () => {
    const { directory, attempt } = world()
    convert(directory, 'qcow2', 'disk.qcow2')
    const bytes = readFileSync(join(directory, 'disk.qcow2'))
    // LUKS
    bytes.writeUInt32BE(2, 32)
    writeFileSync(join(directory, 'disk.qcow2'), bytes)
    await expect(attempt({ path: 'disk.qcow2' })).rejects.toThrow(
      'disk.qcow2 cannot be imported: it is encrypted.',
    )
  })

  test('may not be damaged', async () => {
    const { directory, attempt } = world()
    convert(directory, 'qcow2', 'disk.qcow2')
    const bytes = readFileSync(join(directory, 'disk.qcow2'))
    // the refcount table points beyond the end
    bytes.writeBigUInt64BE(1n << 40n, Number(bytes.readBigUInt64BE(48)))
    writeFileSync(join(directory, 'disk.qcow2'), bytes)
    await expect(attempt({ path: 'disk.qcow2' })).rejects.toMatchObject({ code: 'DISK_DAMAGED' })
    convert(directory, 'vmdk', 'disk.vmdk')
    truncateSync(join(directory, 'disk.vmdk'), 300_000)
    await expect(attempt({ path: 'disk.vmdk' })).rejects.toMatchObject({ code: 'DISK_DAMAGED' })
    writeFileSync(join(directory, 'disk.img'), '')
    await expect(attempt({ path: 'disk.img' })).rejects.toThrow('disk.img is damaged: it is empty.')
  })

  test('a qcow2 with unused space in it is whole, and that is told', async () => {
    const { directory, attempt, told } = world()
    const raw = convert(directory, 'qcow2', 'disk.qcow2')
    const bytes = readFileSync(join(directory, 'disk.qcow2'))
    // a cluster more, with a count
    const block = Number(bytes.readBigUInt64BE(Number(bytes.readBigUInt64BE(48))))
    bytes.writeUInt16BE(1, block + 2 * (bytes.length / 65_536))
    writeFileSync(join(directory, 'disk.qcow2'), Buffer.concat([bytes, Buffer.alloc(65_536)]))
    expect(contentOf((await attempt({ path: 'disk.qcow2' })).file).equals(raw)).toBe(true)
    expect(told.join('\n')).toContain('unused space')
  })
})

describe('where an image comes from', () => {
  test('a path must be a file, with the sum that is named', async () => {
    const { directory, attempt } = world()
    const content = readFileSync(rawDisk(directory))
    await attempt({ path: 'disk.raw', sha256: sha256(content).toUpperCase() })
    const other = sha256('another')
    await expect(attempt({ path: 'disk.raw', sha256: other })).rejects.toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      message: `disk.raw has sha256 ${sha256(content)}, not ${other}.`,
    })
    await expect(attempt({ path: 'nothing.raw' })).rejects.toMatchObject({
      code: 'DISK_IMAGE_MISSING',
      message: 'The disk image nothing.raw does not exist or is not a file.',
    })
    await expect(attempt({ path: '.' })).rejects.toThrow('not a file')
  })

  test('a URL is fetched, and named by its last part', async () => {
    const { directory, attempt, told } = world()
    const content = readFileSync(rawDisk(directory))
    const server = createServer((_, response) => response.end(content)).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/images/router-1.2.vmdk?token=x`
    const { file } = await attempt({ url, sha256: sha256(content) })
    expect(contentOf(file).equals(content)).toBe(true)
    expect(told[0]).toContain('router-1.2.vmdk is named like a VMDK image')
  })

  test('an extent lies beside its descriptor', async () => {
    const { directory, attempt } = world()
    convert(directory, 'vmdk', 'disk.vmdk', 'subformat=monolithicFlat')
    rawDisk(directory, 'other/disk-flat.vmdk')
    await expect(attempt({ path: 'disk.vmdk', extents: ['other/disk-flat.vmdk'] })).rejects.toThrow(
      'is not in the same directory',
    )
  })

  test("a vendor's disk keeps what it was made from, its sum found out where it is not named", async () => {
    const { directory, attempt } = world()
    const sum = sha256(readFileSync(rawDisk(directory)))
    const converter = expect.stringMatching(/^qemu-img version \d/)
    const file = { step: 'own', path: 'disk.qcow2' }
    for (const sums of [{}, { sha256: sum.toUpperCase() }]) {
      const { disk } = await attempt({ path: 'disk.raw', format: 'raw', redistributable: false, ...sums })
      expect(disk.vendor).toEqual({ file, name: 'disk.raw', sha256: sum, format: 'raw', converter })
    }
    expect((await attempt({ path: 'disk.raw', redistributable: true })).disk).not.toHaveProperty('vendor')
    const parts = { path: 'disk.raw', extents: ['disk.raw'], redistributable: false }
    await expect(attempt(parts)).rejects.toMatchObject({
      code: 'DISK_REFUSED',
      message: expect.stringContaining('must be one file'),
    })
  })

  test('an abort ends it', async () => {
    const { directory, attempt } = world()
    rawDisk(directory)
    truncateSync(join(directory, 'disk.raw'), 20 * 1024 ** 3)
    const giveUp = new AbortController()
    setTimeout(() => giveUp.abort(new Error('enough')), 500)
    await expect(attempt({ path: 'disk.raw', sha256: sha256('') }, giveUp.signal)).rejects.toThrow()
    expect(giveUp.signal.aborted).toBe(true)
  })
})
