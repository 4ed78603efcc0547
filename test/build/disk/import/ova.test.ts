import { mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contentOf, rawDisk, tool, world } from './world.ts'

const ovf = (
  disks: readonly string[],
) => `<Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><References>
${disks.map((name, index) => `<File ovf:id="file${index}" ovf:href="${name}"/>`).join('\n')}
</References><DiskSection>
${disks.map((_, index) => `<Disk ovf:diskId="disk${index}" ovf:fileRef="file${index}"/>`).join('\n')}
<Disk ovf:diskId="scratch" ovf:capacity="1"/>
</DiskSection></Envelope>`

/** A directory with an OVF, its disk, another file that is no part of it, and a manifest. */
const appliance = (algorithm = 'sha256', disks = ['router-disk1.vmdk']) => {
  const { directory, attempt, told } = world()
  const raw = readFileSync(rawDisk(directory))
  for (const name of disks)
    tool(directory, 'qemu-img', 'convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', 'disk.raw', name)
  writeFileSync(join(directory, 'router.ovf'), ovf(disks))
  const sums = ['router.ovf', ...disks].map((name) => {
    const sum = tool(directory, `${algorithm}sum`, name).split(' ')[0]
    return `${algorithm.toUpperCase()}(${name})= ${sum}\n`
  })
  writeFileSync(join(directory, 'router.mf'), sums.join(''))
  const pack = (...names: string[]) => tool(directory, 'tar', '-cf', 'router.ova', ...names)
  return { directory, attempt, told, raw, pack }
}

test.each(['sha1', 'sha256', 'sha512'])(
  'the disk that the OVF names, checked against its manifest: %s',
  async (sum) => {
    const { attempt, raw, pack, told } = appliance(sum)
    pack('router.ovf', 'router.mf', 'disk.raw', 'router-disk1.vmdk')
    const { file } = await attempt({ path: 'router.ova' })
    expect(contentOf(file).equals(raw)).toBe(true)
    expect(told).toContain('warning: router.ova also wants an empty disk, "scratch", which is left out.')
  },
)

test('with directories before the names, compressed, or in a ZIP', async () => {
  const { directory, attempt, raw, pack } = appliance()
  pack('./router.ovf', './router.mf', './router-disk1.vmdk')
  tool(directory, 'gzip', '-k', 'router.ova')
  expect(contentOf((await attempt({ path: 'router.ova.gz' })).file).equals(raw)).toBe(true)
  const files = ['router.ovf', 'router.mf', 'router-disk1.vmdk']
  for (const name of files) tool(directory, 'install', '-D', name, join('appliance', name))
  tool(directory, 'python3', '-m', 'zipfile', '-c', 'router.zip', 'appliance')
  expect(contentOf((await attempt({ path: 'router.zip' })).file).equals(raw)).toBe(true)
})

test('a disk that the OVF names as a URI is found, and checked by either name', async () => {
  for (const listed of ['My VM-disk1.vmdk', 'My%20VM-disk1.vmdk']) {
    const { directory, attempt, raw, pack } = appliance('sha256', ['My VM-disk1.vmdk'])
    writeFileSync(join(directory, 'router.ovf'), ovf(['My%20VM-disk1.vmdk']))
    pack('router.ovf', 'My VM-disk1.vmdk')
    expect(contentOf((await attempt({ path: 'router.ova' })).file).equals(raw)).toBe(true)
    writeFileSync(join(directory, 'router.mf'), `SHA256(${listed})= ${'0'.repeat(64)}\n`)
    pack('router.ovf', 'router.mf', 'My VM-disk1.vmdk')
    await expect(attempt({ path: 'router.ova' })).rejects.toMatchObject({ code: 'DISK_MANIFEST' })
  }
})

test('a descriptor that is larger than any appliance has is refused', async () => {
  const { directory, attempt, pack } = appliance()
  truncateSync(join(directory, 'router.ovf'), 17 * 1024 * 1024)
  pack('router.ovf', 'router-disk1.vmdk')
  await expect(attempt({ path: 'router.ova' })).rejects.toMatchObject({
    code: 'DISK_REFUSED',
    message: 'router.ova cannot be imported: router.ovf in it is larger than 16 MB.',
  })
})

test('a sum that the manifest does not have is told, with both', async () => {
  const { directory, attempt, pack } = appliance()
  const manifest = readFileSync(join(directory, 'router.mf'), 'utf8')
  const sum = tool(directory, 'sha256sum', 'router-disk1.vmdk').split(' ')[0]!
  writeFileSync(join(directory, 'router.mf'), manifest.replace(sum, '0'.repeat(64)))
  pack('router.ovf', 'router.mf', 'router-disk1.vmdk')
  await expect(attempt({ path: 'router.ova' })).rejects.toMatchObject({
    code: 'DISK_MANIFEST',
    message: `In router.ova, router-disk1.vmdk has sha256 ${sum}; its manifest says ${'0'.repeat(64)}.`,
  })
})

test('two disks are not chosen from, none is not found', async () => {
  const two = appliance('sha256', ['a.vmdk', 'b.vmdk'])
  two.pack('router.ovf', 'a.vmdk', 'b.vmdk')
  await expect(two.attempt({ path: 'router.ova' })).rejects.toMatchObject({
    code: 'DISK_CHOICE',
    message: 'router.ova holds 2 disks: a.vmdk, b.vmdk.',
  })
  const none = appliance('sha256', [])
  none.pack('router.ovf')
  await expect(none.attempt({ path: 'router.ova' })).rejects.toThrow('router.ova holds no disk image.')
  const missing = appliance()
  missing.pack('router.ovf')
  await expect(missing.attempt({ path: 'router.ova' })).rejects.toMatchObject({
    code: 'DISK_DAMAGED',
    message: 'router.ova is damaged: its OVF names router-disk1.vmdk, which is not in it.',
  })
})

test('an archive that ends too early is told', async () => {
  const { directory, attempt, pack } = appliance()
  pack('router.ovf', 'router-disk1.vmdk')
  truncateSync(join(directory, 'router.ova'), statSync(join(directory, 'router.ova')).size - 20_480)
  await expect(attempt({ path: 'router.ova' })).rejects.toMatchObject({
    code: 'DISK_DAMAGED',
    message: 'router.ova is damaged: Unexpected EOF in archive.',
  })
})

test('a link or a name that leads out of the archive is not followed', async () => {
  const { directory, attempt } = appliance()
  mkdirSync(join(directory, 'hostile'))
  writeFileSync(join(directory, 'hostile/router.ovf'), ovf(['router-disk1.vmdk']))
  symlinkSync(join(directory, 'disk.raw'), join(directory, 'hostile/router-disk1.vmdk'))
  tool(join(directory, 'hostile'), 'tar', '-cf', '../router.ova', 'router.ovf', 'router-disk1.vmdk')
  await expect(attempt({ path: 'router.ova' })).rejects.toMatchObject({
    code: 'DISK_REFUSED',
    message: 'router.ova cannot be imported: router-disk1.vmdk in it is a link.',
  })
  tool(directory, 'tar', '-cPf', 'up.ova', '--transform=s,disk.raw,../../disk.raw,', 'disk.raw')
  await expect(attempt({ path: 'up.ova' })).rejects.toThrow('up.ova holds no disk image.')
})
