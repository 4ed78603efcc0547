import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { command } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { pack, project } from './installed.ts'

const work = temporaryDirectory()
const COMPILERS = ['5', '6', '7']

beforeAll(async () => {
  // the package and compilers alone: what its types need, it has to bring
  await project(join(work, 'project'), [
    await pack(work),
    ...COMPILERS.map((major) => `typescript-${major}@npm:typescript@${major}`),
  ])
  cpSync(join(import.meta.dirname, 'package'), join(work, 'project'), { recursive: true })
})

describe.each(COMPILERS)('TypeScript %s', (major) => {
  test.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])(
    'compiles a config and a plugin, its types included, with module %s resolved by %s',
    async (module, resolution) => {
      const compiler = join('node_modules', `typescript-${major}`, 'bin/tsc')
      const { code, stdout } = await command(
        [
          process.execPath,
          compiler,
          ...['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2023', '--lib', 'es2023'],
          ...['--module', module, '--moduleResolution', resolution],
          ...['right.ts', 'typos.ts'],
        ],
        { cwd: join(work, 'project') },
      )
      expect(stdout).toBe('')
      expect(code).toBe(0)
    },
  )
})
