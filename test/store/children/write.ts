// write.ts DIRECTORY SCRATCH WHAT: writes more than the disk of the directory takes, and says how that ends and what is left
import { randomBytes } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { explained } from '../../../core/base/errors/explained.ts'
import { type Run, run } from '../../../core/base/process/run.ts'
import { copyDisk } from '../../../core/build/disk/copy.ts'
import { MachineGuest } from '../../../core/machine/guest/machine.ts'
import { writeArchive } from '../../../core/publish/oci/archive.ts'
import { writeJsonBlob } from '../../../core/publish/oci/blob.ts'
import type { ImageDescription } from '../../../core/publish/oci/config.ts'
import { writeDockerfile } from '../../../core/publish/oci/dockerfile.ts'
import { importBlob, writeLayer } from '../../../core/publish/oci/layer.ts'
import { writeLayout } from '../../../core/publish/oci/layout.ts'

const [directory, scratch, what] = process.argv.slice(2) as [string, string, string]
const { signal } = new AbortController()
const random = (bytes: number, path = 'x') => ({ path, content: randomBytes(bytes / 2).toString('hex') })

/** skopeo and qemu-img, as they fail. */
const failing: Run = (argv, { cwd = '' } = {}) => {
  const file = /^docker-archive:([^:]+):/.exec(argv.at(-1)!)?.[1] ?? argv.at(-1)!
  return run(
    [
      'sh',
      '-c',
      `cat /dev/zero >"$1" 2>/dev/null || { echo 'write ${file}: no space left on device' >&2; exit 1; }`,
      'sh',
      file,
    ],
    { ...(cwd && { cwd }) },
  )
}
const image: ImageDescription = {
  name: 'x',
  description: 'x',
  version: 'v1',
  created: '2026-03-01T12:00:00.000Z',
  kind: 'machine',
  user: 'x',
  ports: [],
  deadline: 90,
  key: 'c0ffee',
  entrypoint: ['/x'],
}
/** An image elsewhere, whose one layer is larger than the disk. */
const elsewhere = async () => {
  const common = { directory: scratch, compression: 'gzip' as const, run }
  const layer = await writeLayer([random(200_000), random(200_000, 'y')], { role: 'disk', ...common })
  return { layer, layout: await writeLayout(scratch, image, ['x:v1'], [layer]) }
}
const DEEDS: Record<string, () => Promise<unknown>> = {
  // all but the end of it fits: the command itself ends well
  output: () => run(['head', '-c', '70000', '/dev/zero'], { stdoutFile: join(directory, 'x') }),
  layer: () => writeLayer([random(400_000)], { role: 'disk', directory, compression: 'gzip', run }),
  blob: async () => {
    const { layer, layout } = await elsewhere()
    await importBlob(layer.digest, layout.directory, directory)
  },
  document: () => writeJsonBlob(directory, 'x', { x: 'x'.repeat(100_000) }),
  archive: () => writeArchive({ directory: '/', refs: ['x:v1'] }, join(directory, 'x.tar'), { run: failing }),
  context: async () => writeDockerfile((await elsewhere()).layout, join(directory, 'context'), { run }),
  'file of a guest': () =>
    new MachineGuest({
      user: 'root',
      connect: async () =>
        ({
          exec: async (_: string, { onData }: { onData(chunk: Buffer, from: string): void }) => {
            for (let index = 0; index < 100; index++) onData(Buffer.alloc(4096), 'stdout')
            return { code: 0 }
          },
        }) as never,
      explain: async (error) => error,
    }).download('/x', join(directory, 'x')),
  disk: () => {
    const source = join(scratch, 'source')
    writeFileSync(source, Buffer.alloc(200_000, 'x'))
    return copyDisk({ chain: [{ step: 's', path: 'a' }] }, join(directory, 'x.qcow2'), {
      path: () => source,
      tools: () => Promise.reject(new Error('one file needs none')),
      signal,
    })
  },
  'disk of two files': () =>
    copyDisk(
      {
        chain: [
          { step: 's', path: 'a' },
          { step: 's', path: 'b' },
        ],
      },
      join(directory, 'x.qcow2'),
      {
        path: ({ path }) => path,
        tools: async () => ({ run: failing }) as never,
        signal,
      },
    ),
}
try {
  await DEEDS[what]!()
  console.log('no error')
} catch (error) {
  const { code, message } = explained(error)
  console.log(`${code} ${message}`)
}
const left = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
  entry.isFile(),
)
console.log(left.map(({ name }) => name).join(' '))
