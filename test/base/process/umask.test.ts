import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { temporary } from '../../support/directory.ts'

const BIN = fileURLToPath(new URL('../../../core/cli/bin.ts', import.meta.url))
// tsx looks for it from the working directory
const TSCONFIG = fileURLToPath(new URL('../../../tsconfig.json', import.meta.url))
const TSX = import.meta.resolve('tsx')

/** An image whose one step makes files and directories as plugins do, and has a command make some. */
const CONFIG = `import { mkdirSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { definePlugin } from 'antidote'
export default {
  name: 'lab',
  use: [
    definePlugin({
      name: 'disk',
      version: '1',
      apply: ({ bootstrap }) =>
        bootstrap.tap('disk', (_, step) => {
          mkdirSync(step.out + '/directory')
          writeFileSync(step.out + '/disk', 'disk')
          execFileSync('sh', ['-c', 'mkdir "$1/made"; : >"$1/made/file"', 'sh', step.out])
          return { kind: 'disk', chain: [step.ref('disk')] }
        }),
    }),
  ],
}
`

const build = async (image: string, umask: string): Promise<string[]> => {
  const to = temporary()
  const argv = [
    process.execPath,
    '--import',
    TSX,
    BIN,
    '--json',
    '-C',
    image,
    'build',
    '-o',
    join(to, 'disk'),
  ]
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', 'umask "$1"; shift; exec "$@"', 'sh', umask, ...argv],
    {
      env: { ...process.env, TSX_TSCONFIG_PATH: TSCONFIG, ANTIDOTE_CACHE_DIR: join(to, 'store') },
      cwd: umask === '077' ? '/' : image,
    },
  )
  const { artifact } = JSON.parse(stdout) as { artifact: { digest: string } }
  return [artifact.digest, (statSync(join(to, 'disk')).mode & 0o777).toString(8)]
}

test('a build gives the same under any umask; what it writes for the caller has the mode that the caller wants', async () => {
  const image = temporary({ 'antidote.config.ts': CONFIG })
  const [usual, strict] = await Promise.all(['002', '077'].map((umask) => build(image, umask)))
  expect(usual).toEqual([expect.stringMatching(/^sha256:/), '664'])
  expect(strict).toEqual([usual![0], '600'])
}, 120_000)
