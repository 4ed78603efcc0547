import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '../../../core/base/process/run.ts'
import { initImage } from '../../../core/cli/init/init.ts'
import { callName, imageName } from '../../../core/cli/init/name.ts'
import { presetNames, templateFiles } from '../../../core/cli/init/templates.ts'
import { loadImage } from '../../../core/cli/loader/load.ts'
import { main } from '../../../core/cli/program.ts'

const ROOT = join(import.meta.dirname, '../../..')

let work: string
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'antidote-init-test-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(work, { recursive: true, force: true })
})

const COMMON = ['.gitignore', 'Makefile', 'README.md', 'antidote.config.ts']
const EDITOR = ['package.json', 'tsconfig.json']
const VENDORS = [...COMMON, ...EDITOR]
const FILES = [...COMMON, 'install.sh', 'package.json', 'test.sh', 'tsconfig.json']

/** What each preset has, and the plugin it is made of. */
const PRESETS = {
  centos: { plugin: 'centos', expected: FILES },
  cumulus: { plugin: 'cumulus-vx', expected: VENDORS },
  debian: { plugin: 'debian', expected: FILES },
  utility: { plugin: 'debian', expected: FILES },
  vqfx: { plugin: 'vqfx-snapshot', expected: VENDORS },
}

it('there is a template of each preset for images', () => {
  expect(presetNames()).toEqual([...Object.keys(PRESETS), 'plugin'].sort())
})

it('makes valid names', () => {
  expect(imageName('my_image')).toBe('my-image')
  expect(imageName('Ünï Lab (2)')).toBe('uni-lab-2')
  expect(imageName('--a--')).toBe('a')
  expect(imageName('日本')).toBeUndefined()
  expect(imageName('x'.repeat(62) + '-y'.repeat(9))).toBe(`${'x'.repeat(62)}`)
})

describe.each(Object.entries(PRESETS))('the preset %s', (preset, { plugin, expected }) => {
  it('gives a config that loads', async () => {
    const directory = join(work, 'Lab_1')
    expect(await initImage(preset, directory)).toEqual({ image: 'lab-1', directory, files: expected })
    expect(readdirSync(work)).toEqual(['Lab_1'])
    expect(readdirSync(directory).sort()).toEqual([...expected].sort())
    const image = await loadImage({ directory })
    expect(image.name).toBe('lab-1')
    expect(image.plugins.map(({ name }) => name)).toContain(plugin)
    const { install, test } = image.config
    expect([install, test].filter(Boolean)).toEqual(expected.filter((file) => file.endsWith('.sh')))
  })

  it('gives scripts that a shell understands, and no placeholder', async () => {
    const { directory, files } = await initImage(preset, join(work, 'lab'))
    for (const name of files) expect(readFileSync(join(directory, name), 'utf8')).not.toContain('{{')
    for (const name of files.filter((file) => file.endsWith('.sh'))) {
      accessSync(join(directory, name), constants.X_OK)
      await run(['sh', '-n', join(directory, name)])
    }
  })
})

describe('a plugin', () => {
  const PLUGIN = [
    '.gitignore',
    'README.md',
    'package.json',
    'src/index.ts',
    'test/plugin.test.ts',
    'tsconfig.json',
  ]

  it('gets the name of its directory, and its package that with a prefix', async () => {
    for (const name of ['my-plugin', 'antidote-plugin-my-plugin']) {
      const directory = join(work, name)
      expect(await initImage('plugin', directory)).toEqual({ plugin: 'my-plugin', directory, files: PLUGIN })
      const read = (file: string) => readFileSync(join(directory, file), 'utf8')
      const written: unknown = JSON.parse(read('package.json'))
      expect(written).toMatchObject({
        name: 'antidote-plugin-my-plugin',
        devDependencies: { antidote: `file:${ROOT}` },
      })
      // npm does not resolve a peer beside an image that names antidote by its directory
      expect(written).not.toHaveProperty('peerDependencies')
      expect(read('src/index.ts')).toContain('export const myPlugin = (options: MyPluginOptions): Plugin =>')
      for (const file of PLUGIN) expect(read(file)).not.toContain('{{')
    }
  })

  it('works in a directory that is there, and leaves nothing in one that is not empty', async () => {
    mkdirSync(join(work, 'there/.git'), { recursive: true })
    await initImage('plugin', join(work, 'there'))
    expect(readdirSync(join(work, 'there')).sort()).toEqual(
      ['.git', '.gitignore', 'README.md', 'package.json', 'src', 'test', 'tsconfig.json'].sort(),
    )
    await expect(initImage('plugin', join(work, 'there'))).rejects.toMatchObject({ code: 'INIT_OCCUPIED' })
  })

  it.each([
    ['motd', 'motd'],
    ['my-2-plugins', 'my2Plugins'],
    ['3com', 'plugin3com'],
    ['new', 'pluginNew'],
  ])('%s is the function %s', (name, call) => expect(callName(name)).toBe(call))
})

describe('for an editor', () => {
  it('package.json names the antidote that wrote it', async () => {
    const { directory } = await initImage('debian', join(work, 'lab'))
    expect(JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))).toEqual({
      name: 'lab',
      private: true,
      type: 'module',
      devDependencies: { antidote: `file:${ROOT}` },
    })
    expect(JSON.parse(readFileSync(join(directory, 'tsconfig.json'), 'utf8'))).toMatchObject({
      compilerOptions: { strict: true },
    })
  })

  it("where antidote is another user's, npm links no command of it", () => {
    const antidote = { directory: '/opt/it\'s "here"', linkable: false }
    const file = (preset: string, name: string) =>
      templateFiles(preset, 'lab', antidote).find((one) => one.name === name)!.content
    expect(file('debian', '.npmrc')).toContain('bin-links=false')
    expect(JSON.parse(file('plugin', 'package.json'))).toMatchObject({
      scripts: { build: 'node node_modules/typescript/bin/tsc' },
      devDependencies: { antidote: `file:${antidote.directory}` },
    })
  })
})

describe('the Makefile', () => {
  const dryRun = async (directory: string, env: Record<string, string> = {}) =>
    (
      await run(['make', '--no-print-directory', '-n', '-C', directory, 'docker'], { env, extendEnv: true })
    ).stdout
      .trim()
      // what is looked at before is in makefile.test.ts
      .split('\n')
      .at(-1)

  it('publishes under the name of the image and the version asked for', async () => {
    const { directory } = await initImage('debian', join(work, 'lab'))
    const bin = join(work, 'bin')
    mkdirSync(bin)
    const PATH = `${bin}:/usr/bin:/bin`
    const arguments_ = 'publish --tag antidotelabs/lab:latest --load'
    expect(await dryRun(directory, { PATH })).toBe(`npx --no antidote ${arguments_}`)
    writeFileSync(join(bin, 'antidote'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 })
    expect(await dryRun(directory, { PATH })).toBe(`${bin}/antidote ${arguments_}`)
    expect(await dryRun(directory, { PATH, TARGET_VERSION: 'v0.4.0', ANTIDOTE: 'other' })).toBe(
      'other publish --tag antidotelabs/lab:v0.4.0 --load',
    )
    const made = await run(['make', '--silent', '-C', directory, 'docker'], {
      env: { PATH },
      extendEnv: true,
    })
    expect(made.stdout.trim().split('\n').at(-1)).toBe(arguments_)
  })
})

describe('where it may write', () => {
  it('takes an empty directory and a new repository, and makes the directories above', async () => {
    const empty = join(work, 'empty')
    mkdirSync(join(empty, '.git'), { recursive: true })
    await initImage('debian', empty)
    expect(readdirSync(empty).sort()).toEqual(['.git', ...FILES].sort())
    await initImage('debian', join(work, 'a/b/c'))
    expect(readdirSync(join(work, 'a/b'))).toEqual(['c'])
  })

  it('gives the image the name of the preset where the directory has no letter for one', async () => {
    expect((await initImage('utility', join(work, '___'))).image).toBe('utility')
  })

  it('refuses a directory with something in it and changes nothing', async () => {
    writeFileSync(join(work, 'notes.txt'), 'mine')
    await expect(initImage('debian', work)).rejects.toMatchObject({
      code: 'INIT_OCCUPIED',
      message: expect.stringContaining('already has notes.txt in it'),
      details: { exitCode: 2, hint: 'Name another directory: `antidote init debian <dir>`.' },
    })
    await expect(initImage('debian', join(work, 'notes.txt'))).rejects.toMatchObject({
      code: 'INIT_OCCUPIED',
    })
    await expect(initImage('debian', join(work, 'notes.txt/lab'))).rejects.toMatchObject({
      code: 'INIT_FAILED',
    })
    expect(readdirSync(work)).toEqual(['notes.txt'])
  })

  it('refuses an unknown preset with the nearest one', async () => {
    await expect(initImage('debain', join(work, 'lab'))).rejects.toMatchObject({
      code: 'PRESET_UNKNOWN',
      message: 'There is no template "debain". Did you mean "debian"?',
    })
    await expect(initImage('plguin', join(work, 'lab'))).rejects.toMatchObject({
      message: 'There is no template "plguin". Did you mean "plugin"?',
      details: {
        hint: 'Name a preset (centos, cumulus, debian, utility, vqfx) for an image, or `plugin` for a plugin.',
      },
    })
    await expect(initImage('common', join(work, 'lab'))).rejects.toMatchObject({ code: 'PRESET_UNKNOWN' })
    await expect(initImage('../debian', join(work, 'lab'))).rejects.toMatchObject({ code: 'PRESET_UNKNOWN' })
    expect(readdirSync(work)).toEqual([])
  })
})

describe('the verb', () => {
  const antidote = async (...args: string[]) => {
    const written: string[] = []
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    return { code: await main(['node', 'antidote', ...args]), output: written.join('') }
  }

  it('says what to do next, or gives JSON', async () => {
    const { code, output } = await antidote('-C', work, 'init', 'debian', 'my lab')
    expect(code).toBe(0)
    expect(output).toMatch(
      /\n\nNext:\n {2}cd .*my lab'\n {2}make docker\n {2}npm install {4}# the types, for an editor\n$/,
    )
    const json = await antidote('--json', 'init', 'utility', join(work, 'two'))
    expect(JSON.parse(json.output)).toEqual({ image: 'two', directory: join(work, 'two'), files: FILES })
    expect((await antidote('init', 'debian', work)).code).toBe(2)
  })
})
