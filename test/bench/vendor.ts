import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { antidote, json, middle, output, over, type Row, seconds } from './measure.ts'

const RUNS = 5

/** What a large disk of a vendor costs a build that has it already: neither a download, nor a conversion, nor a look. */
export const vendorRow = (work: string): Row => {
  const directory = join(work, 'vendor')
  mkdirSync(directory)
  const run = (...argv: string[]) => output(argv, { cwd: directory })
  run('dd', 'if=/dev/urandom', 'of=disk.raw', 'bs=1M', 'count=512', 'status=none')
  run('truncate', '--size', '4G', 'disk.raw')
  const sum = run('sha256sum', 'disk.raw').split(' ')[0]
  writeFileSync(
    join(directory, 'antidote.config.ts'),
    `import { defineImage } from 'antidote'
import { disk } from 'antidote/plugins'
const vendor = disk({ path: 'disk.raw', format: 'raw', sha256: '${sum}', redistributable: false })
export default defineImage({ name: 'vendor', use: [vendor] })
`,
  )
  json(['-C', directory, 'build'], process.env)
  const times = { plan: [] as number[], build: [] as number[] }
  // by turns, so that what else the host does meets both
  for (let turn = 0; turn < RUNS; turn++) {
    times.plan.push(seconds(antidote('-C', directory, 'plan')))
    times.build.push(seconds(antidote('-C', directory, 'build')))
  }
  return over('build on a cached vendor disk of 4 GB, over plan', middle(times.build), middle(times.plan), 1)
}
