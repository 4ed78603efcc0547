import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { antidote, command, must, ROOT } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { npm, pack, project } from './installed.ts'

const work = temporaryDirectory()
const without = (names: RegExp): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.test(name)))
const COMPILERS = ['5', '6', '7']

describe('the package of antidote', () => {
  const directory = join(work, 'project')

  beforeAll(async () => {
    // the package and compilers alone: what its types need, it has to bring
    await project(directory, [
      await pack(work),
      ...COMPILERS.map((major) => `typescript-${major}@npm:typescript@${major}`),
    ])
    cpSync(join(import.meta.dirname, 'package'), directory, { recursive: true })
  })

  test.each(
    COMPILERS.flatMap((major) => [
      [major, 'nodenext', 'nodenext'] as const,
      [major, 'esnext', 'bundler'] as const,
    ]),
  )(
    'TypeScript %s compiles a config and a plugin with module %s, resolved by %s',
    async (major, module, by) => {
      const argv = [process.execPath, join('node_modules', `typescript-${major}`, 'bin/tsc')]
      const strict = [
        '--noEmit',
        '--strict',
        '--skipLibCheck',
        'false',
        '--target',
        'es2023',
        '--lib',
        'es2023',
      ]
      const { code, stdout } = await command(
        [...argv, ...strict, '--module', module, '--moduleResolution', by, 'right.ts', 'typos.ts'],
        { cwd: directory },
      )
      expect(stdout).toBe('')
      expect(code).toBe(0)
    },
  )
})

describe('a plugin of somebody who begins', () => {
  const plugin = join(work, 'my-plugin')

  test('antidote init plugin, npm install, npm test', async () => {
    expect((await antidote(['init', 'plugin', plugin])).code).toBe(0)
    await npm(plugin, 'install')
    const { code, stdout } = await command(['npm', 'test'], { cwd: plugin })
    expect(stdout).toMatch(/ok 1 - writes the text[\s\S]*ok 2 - another text[\s\S]*ok 3 - refuses/)
    expect(stdout).toContain('# fail 0')
    expect(code).toBe(0)
  })

  test('npm pack gives what a config imports, without an antidote beside it', async () => {
    const image = join(work, 'image')
    await must(['npm', 'pack', '--silent', '--pack-destination', work], { cwd: plugin })
    const tarball = join(work, 'antidote-plugin-my-plugin-0.1.0.tgz')
    await project(image, [tarball])
    expect(existsSync(join(image, 'node_modules/antidote'))).toBe(false)
    const shipped = join(image, 'node_modules/antidote-plugin-my-plugin')
    expect(readdirSync(join(shipped, 'dist'))).toEqual(['src'])
    const config = (name: string) => `import { defineImage } from 'antidote'
import { debian } from 'antidote/plugins'
import { myPlugin } from '${name}'
export default defineImage({ name: 'x', use: [debian(), myPlugin({ text: 'hi' })] })
`
    writeFileSync(join(image, 'antidote.config.ts'), config('antidote-plugin-my-plugin'))
    const { stdout } = await antidote(['plan'], { cwd: image })
    expect(stdout).toContain('my-plugin › write')
    writeFileSync(join(image, 'antidote.config.ts'), config('antidote-plugin-other'))
    const { stderr } = await antidote(['plan'], { cwd: image })
    expect(stderr).toContain('The config imports "antidote-plugin-other", which is not installed.')
    expect(stderr).toContain(`npm install antidote-plugin-other`)

    // the package.json of an image that init wrote names antidote itself, and nothing is installed yet
    const written = join(work, 'written')
    expect((await antidote(['init', 'debian', written])).code).toBe(0)
    await npm(written, 'install', tarball)
    writeFileSync(join(written, 'antidote.config.ts'), config('antidote-plugin-my-plugin'))
    expect((await antidote(['plan'], { cwd: written })).stdout).toContain('my-plugin › write')
  })
})

test('make install by an ordinary user; an image and a plugin compile against what another user installed', async () => {
  const clone = join(work, 'clone')
  const home = join(work, 'home')
  const user = 54321
  chmodSync(work, 0o755)
  mkdirSync(clone)
  mkdirSync(home)
  const sources = ['core', 'plugins', 'presets', 'dist', 'Makefile', 'tsconfig.json', 'tsconfig.build.json']
  const papers = ['package.json', 'package-lock.json', 'README.md', 'LICENSE', 'CHANGELOG.md']
  await must(['cp', '-a', ...[...sources, ...papers].map((name) => join(ROOT, name)), clone])
  await must(['cp', '-a', '--parents', 'test/host-packages', clone], { cwd: ROOT })
  // the compiler, whose binary is in a package of its own
  const compiler = join(work, 'compiler')
  mkdirSync(join(compiler, 'node_modules'), { recursive: true })
  for (const name of ['typescript', '@typescript'])
    await must(['cp', '-a', join(ROOT, 'node_modules', name), join(compiler, 'node_modules')])
  // make looks at times: everything is built
  mkdirSync(join(clone, 'node_modules'))
  utimesSync(join(clone, 'dist'), new Date(), new Date())
  await must(['chown', '-R', `${user}:${user}`, clone, home])
  const asUser = (argv: string[], cwd: string) =>
    must(['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', ...argv], {
      cwd,
      // npm tells what it runs about its own user's directories
      env: { ...without(/^npm_/i), HOME: home, PATH: `${home}/.local/bin:${process.env.PATH}` },
    })
  const printed = await asUser(['make', '--silent', 'install'], clone)
  expect(printed).toContain(`Installed ${home}/.local/bin/antidote\n`)
  expect(printed).not.toContain('PATH')
  expect(await asUser(['antidote', '--version'], home)).toMatch(/^\d+\.\d+\.\d+\n$/)

  await must(['chown', '-R', '0:0', join(home, '.local')])
  for (const preset of ['debian', 'plugin']) {
    const directory = join(home, preset)
    await asUser(['antidote', 'init', preset, directory], home)
    await asUser(
      ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
      directory,
    )
    await asUser([process.execPath, join(compiler, 'node_modules/typescript/bin/tsc'), '-p', '.'], directory)
  }
})
