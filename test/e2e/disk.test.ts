import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { sha256File } from '../../core/base/files/digest.ts'
import { antidoteJson, imageDirectory, must, storeWithTools } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

const work = temporaryDirectory()
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  env = { ...process.env, ANTIDOTE_CACHE_DIR: await storeWithTools(work) }
})

interface Tested {
  passed: number
  failed: number
  tests: { name: string; ok: boolean; message?: string }[]
}

/** The network card that the guest sees, told by its driver. */
const DRIVER = `const driver = (expected) => definePlugin({
  name: 'driver',
  version: '1',
  options: { expected },
  apply: ({ test }) => test.tap('card', async ({ guest }) => {
    const { stdout } = await guest.exec(['readlink', '/sys/class/net/eth0/device/driver'])
    const { stdout: parent } = await guest.exec(['readlink', '-f', '/sys/class/net/eth0/device'])
    if (!(stdout + parent).includes(expected)) throw new Error(stdout + parent)
  }),
})
`

/** An image of a disk beside its config. */
const imported = (name: string, options: string, card: string): string => {
  const directory = imageDirectory(work, name, `use: [disk(${options}), driver('${card}')]`)
  const file = join(directory, 'antidote.config.ts')
  const config = readFileSync(file, 'utf8')
    .replace(`name: '${name}'`, `name: 'machine'`)
    .replace('export default', `${DRIVER}export default`)
  writeFileSync(file, config)
  return directory
}

test('a VMDK and an OVA of a machine that was built here come back as endpoints that pass the standard tests', async () => {
  const source = imageDirectory(work, 'machine', 'use: [debianEndpoint()]')
  const { artifact } = await antidoteJson<{ artifact: { path: string } }>(['-C', source, 'build'])

  const convert = (to: string, subformat: string) =>
    must(['qemu-img', 'convert', '-O', 'vmdk', '-o', `subformat=${subformat}`, artifact.path, to])
  const ova = imported('ova', `{ path: 'machine.ova' }`, 'virtio')
  await convert(join(ova, 'machine-disk1.vmdk'), 'streamOptimized')
  writeFileSync(
    join(ova, 'machine.ovf'),
    '<Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><References><File ovf:id="file1" ovf:href="machine-disk1.vmdk"/></References><DiskSection><Disk ovf:diskId="vmdisk1" ovf:fileRef="file1"/></DiskSection></Envelope>',
  )
  const sum = await sha256File(join(ova, 'machine-disk1.vmdk'))
  writeFileSync(join(ova, 'machine.mf'), `SHA256(machine-disk1.vmdk)= ${sum}\n`)
  await must([
    'tar',
    '-C',
    ova,
    '-cf',
    join(ova, 'machine.ova'),
    'machine.ovf',
    'machine.mf',
    'machine-disk1.vmdk',
  ])

  const vmdk = join(work, 'vmdk')
  await must(['mkdir', vmdk])
  await convert(join(vmdk, 'machine.vmdk'), 'monolithicSparse')
  const digest = await sha256File(join(vmdk, 'machine.vmdk'))
  imported(
    'vmdk',
    `{ path: 'machine.vmdk', sha256: '${digest}', machine: { nic: 'e1000', bus: 'sata' } }`,
    'e1000',
  )

  for (const directory of [ova, vmdk]) {
    const { failed, passed, tests } = await antidoteJson<Tested>(['-C', directory, 'test'], { env })
    expect(tests.filter(({ ok }) => !ok)).toEqual([])
    expect(failed).toBe(0)
    // all but the host name, which a third-party disk has its own of
    expect(passed).toBe(6)
    expect(tests.map(({ name }) => name)).not.toContain('hostname')
  }

  // what a sum stands for is not read again
  await must(['rm', join(vmdk, 'machine.vmdk')])
  const { stages } = await antidoteJson<{ stages: { stage: string; cached: boolean; ms: number }[] }>(
    ['-C', vmdk, 'build'],
    { env },
  )
  expect(stages.find(({ stage }) => stage === 'bootstrap')).toMatchObject({ cached: true })
})

test.each([
  ['xz', 'disk.vdi.xz', ['xz', 'disk.vdi']],
  ['gzip', 'disk.vdi.gz', ['gzip', 'disk.vdi']],
  ['zstd', 'disk.vdi.zst', ['zstd', '--rm', '-q', 'disk.vdi']],
  ['zip', 'disk.zip', ['python3', '-m', 'zipfile', '-c', 'disk.zip', 'disk.vdi']],
])('the toolbox unpacks %s', async (name, packed, command) => {
  const directory = imported(name, `{ path: '${packed}' }`, '')
  const raw = Buffer.alloc(8 * 1024 * 1024)
  raw.write('text in the middle', 4 * 1024 * 1024)
  raw.writeUInt16LE(0xaa55, 510)
  writeFileSync(join(directory, 'disk.raw'), raw)
  const run = (...argv: string[]) => must(argv, { cwd: directory })
  await run('qemu-img', 'convert', '-f', 'raw', '-O', 'vdi', 'disk.raw', 'disk.vdi')
  await run(...command)
  const { artifact } = await antidoteJson<{ artifact: { path: string } }>(['-C', directory, 'build'], { env })
  await run('qemu-img', 'compare', '-f', 'raw', '-F', 'qcow2', 'disk.raw', artifact.path)
})
