import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type AntidoteError, isAntidoteError } from '../../../core/base/errors/error.ts'
import { loadImage } from '../../../core/cli/loader/load.ts'
import { BAD } from '../../contract/config/bad-configs.ts'
import { makeFifo, temporary, write } from '../../support/directory.ts'

const CONFIG = 'antidote.config.ts'
const GOOD = `import { defineImage, definePlugin } from 'antidote'
const plugin = definePlugin({ name: 'p', version: '1', apply() {} })
export default defineImage({ name: 'x', use: [plugin] })
`

const failure = async (files: Record<string, string>, location: { file?: string; below?: string } = {}) => {
  const directory = temporary(files)
  const error = await loadImage({
    directory: join(directory, location.below ?? ''),
    file: location.file,
  }).catch((thrown: unknown) => thrown)
  if (!isAntidoteError(error)) throw error
  const { place, hint, exitCode } = error.details
  const where =
    place &&
    [place.file.replace(`${directory}/`, ''), place.line, place.property]
      .filter((part) => part !== undefined)
      .join(':')
  return {
    error: error as AntidoteError,
    directory,
    said: error.message.replaceAll(directory, 'DIR'),
    where,
    hint,
    exitCode,
  }
}

describe('finding the config', () => {
  test('in the directory, in one above it, or by its name', async () => {
    const directory = temporary({ [CONFIG]: GOOD, 'other.ts': GOOD.replace("'x'", "'other'") })
    mkdirSync(join(directory, 'a/b'), { recursive: true })
    const image = await loadImage({ directory: join(directory, 'a/b') })
    expect(image).toMatchObject({ name: 'x', directory, file: join(directory, CONFIG) })
    expect(image.plugins.map(({ name }) => name)).toEqual(['p'])
    expect((await loadImage({ directory, file: 'other.ts' })).name).toBe('other')
  })

  test('not above the root of its repository', async () => {
    const directory = temporary({ [CONFIG]: GOOD, 'repository/.git/HEAD': '', 'repository/a/b': '' })
    await expect(loadImage({ directory: join(directory, 'repository/a') })).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
    })
    write(directory, { [`repository/${CONFIG}`]: GOOD.replace("'x'", "'inner'") })
    expect((await loadImage({ directory: join(directory, 'repository/a') })).name).toBe('inner')
  })

  test('a sibling in TypeScript can be imported, with or without its extension', async () => {
    const sibling = 'export const name: string = "from-sibling"\n'
    for (const path of ['./names', './names.ts']) {
      const config = `import { name } from '${path}'\nexport default { name, use: [] as never[] }\n`
      expect(
        (await loadImage({ directory: temporary({ [CONFIG]: config, 'names.ts': sibling }) })).name,
      ).toBe('from-sibling')
    }
  })

  test('none', async () => {
    const { error, said, hint, exitCode } = await failure({})
    expect(error.code).toBe('CONFIG_MISSING')
    expect(said).toBe(
      'No antidote.config.ts in DIR or a directory above it, up to the root of its repository.',
    )
    expect(hint).toContain('antidote init')
    expect(exitCode).toBe(2)
  })

  test('a directory or file that is not there', async () => {
    expect(await failure({}, { below: 'nowhere' })).toMatchObject({
      said: 'The config DIR/nowhere cannot be read: it is not a directory.',
      exitCode: 2,
    })
    expect(await failure({}, { file: 'nothing.ts' })).toMatchObject({
      said: 'The config DIR/nothing.ts cannot be read: it does not exist.',
      exitCode: 2,
    })
  })
})

describe('bad input gives one clear error', () => {
  test.each(Object.entries(BAD))('%s', async (_, { files, code, said, where }) => {
    const result = await failure(files)
    expect({ code: result.error.code, said: result.said, where: result.where }).toEqual({ code, said, where })
    expect(result.exitCode).toBe(2)
  })
})

describe('a file that cannot be read is named in one sentence, with its place', () => {
  const FILES = GOOD.replace('use:', "files: [{ from: 'it', to: '/etc/it' }], use:")
  const CONFIGURE = GOOD.replace('use:', "configure: { files: [{ from: 'it', to: '/etc/it' }] }, use:")
  const INSTALL = GOOD.replace('use:', "install: 'it', use:")
  const KINDS: [string, (path: string) => void, string][] = [
    ['a FIFO', (path) => makeFifo(path), 'it is a FIFO, not a regular file'],
    ['a link that leads nowhere', (path) => symlinkSync('nothing', path), 'it is a link that leads nowhere'],
    ['a loop', (path) => symlinkSync('it', path), 'its links lead in a circle'],
  ]

  test.each(
    KINDS.flatMap(([kind, make, reason]) =>
      [FILES, CONFIGURE, INSTALL].map((config) => [kind, make, reason, config] as const),
    ),
  )('%s', async (_, make, reason, config) => {
    const directory = temporary({ [CONFIG]: config })
    make(join(directory, 'it'))
    await expect(loadImage({ directory })).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: `${directory}/it cannot be read: ${reason}.`,
      details: { exitCode: 2, place: { file: join(directory, CONFIG) } },
    })
  })

  test.each([{}, { file: CONFIG }])('a config that is a FIFO %o', async (named) => {
    const directory = temporary()
    makeFifo(join(directory, CONFIG))
    await expect(loadImage({ directory, ...named })).rejects.toMatchObject({
      message: `${directory}/${CONFIG} cannot be read: it is a FIFO, not a regular file.`,
    })
  })
})

test('the hint of a package that is not installed is the command that installs it where npm looks', async () => {
  const config = 'import { x } from "@lab/plugin-x/deep"\nexport default x\n'
  const beside = await failure({ [CONFIG]: config })
  expect(beside).toMatchObject({
    error: { code: 'CONFIG_IMPORT' },
    said: 'The config imports "@lab/plugin-x/deep", which is not installed.',
    where: `${CONFIG}:1`,
  })
  expect(beside.hint).toBe(`Run \`npm install @lab/plugin-x\` in ${beside.directory}.`)
  const above = await failure({ [`a/b/${CONFIG}`]: config, 'package.json': '{}' }, { below: 'a/b' })
  expect(above.hint).toBe(`Run \`npm install @lab/plugin-x\` in ${above.directory}.`)
})

test.each([
  ['machine: { memory: 512 }', '"machine.memory" must be a size like "512M" or "2G"; it is 512.'],
  ['ports: [22]', '"ports[0]" must be a port from 1 to 65535 and a protocol, like "22/tcp"; it is 22.'],
])('a number instead of a text of a form: %s', async (setting, said) => {
  expect(await failure({ [CONFIG]: GOOD.replace('use:', `${setting}, use:`) })).toMatchObject({
    error: { code: 'CONFIG_INVALID' },
    said,
  })
})

describe('an import that is not quite one of antidote', () => {
  test.each([
    ['antidote/preset', 'which antidote does not have.', /^Did you mean "antidote\/presets"\?$/],
    ['antidote/zzzzzz', 'which antidote does not have.', /^Import from "antidote", "antidote\/plugins", /],
    [
      'antidotee',
      'which is not installed.',
      /^Did you mean "antidote"\? If not, run `npm install antidotee` in /,
    ],
    ['antidotee/preset', 'which is not installed.', /^Did you mean "antidote\/presets"\? If not, run `npm /],
    ['antidote-presets', 'which is not installed.', /^Did you mean "antidote\/presets"\? If not, run `npm /],
    ['antidote-plugin-motd', 'which is not installed.', /^Run `npm install antidote-plugin-motd` in /],
  ])('%s', async (name, ending, hint) => {
    const found = await failure({ [CONFIG]: `import { x } from "${name}"\nexport default x\n` })
    expect(found.said).toBe(`The config imports "${name}", ${ending}`)
    expect(found.hint).toMatch(hint)
  })
})

describe('a name that the config does not have', () => {
  test.each([
    ['', 'debianEndpoint()', "Write `import { debianEndpoint } from 'antidote/presets'` at the top."],
    [
      '',
      'debianEndpont()',
      'Did you mean "debianEndpoint"? Its import is `import { debianEndpoint } from \'antidote/presets\'`.',
    ],
    [
      'import { debain } from "antidote/plugins"',
      'debain()',
      'Did you mean "debian"? Its import is `import { debian } from \'antidote/plugins\'`.',
    ],
    [
      'import { debianEndpoint } from "antidote/plugins"',
      'debianEndpoint()',
      "Write `import { debianEndpoint } from 'antidote/presets'` at the top.",
    ],
    ['', 'somethingOfTheirOwn()', undefined],
    ['', 'rum()', undefined],
  ])('%s %s', async (line, call, hint) => {
    const found = await failure({ [CONFIG]: `${line}\nexport default { name: 'x', use: [${call}] }\n` })
    expect(found.error.code).toBe('CONFIG_THREW')
    expect(found.where).toBe(`${CONFIG}:2`)
    expect(found.hint).toBe(hint)
  })
})

test('what an image is when nothing is said', async () => {
  const { config } = await loadImage({ directory: temporary({ [CONFIG]: GOOD }) })
  expect(config).toMatchObject({
    files: [],
    pre: [],
    post: [],
    ports: ['22/tcp'],
    layers: 'zstd',
    labels: {},
    machine: {},
    disk: {},
  })
})

test('sizes become MiB, one script a list, presets one list of plugins', async () => {
  const config = `const plugin = (name: string) => ({ name, version: '1', apply() {} })
export default {
  name: 'x', pre: 'a.sh', machine: { memory: '1.5G' }, disk: { size: '800M' },
  use: [plugin('a'), [plugin('b'), [plugin('c')]], plugin('d')],
}
`
  const image = await loadImage({ directory: temporary({ [CONFIG]: config, 'a.sh!': '' }) })
  expect(image.config).toMatchObject({ pre: ['a.sh'], machine: { memory: 1536 }, disk: { size: 800 } })
  expect(image.plugins.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd'])
})

test('what lies in the working directory is not run, whatever a tool takes it for', async () => {
  const directory = temporary({ [CONFIG]: GOOD })
  const elsewhere = temporary({
    '.config/config.cjs': `require('node:fs').writeFileSync(__dirname + '/ran', '')\nmodule.exports = {}\n`,
    'package.json': '{ "cosmiconfig": { "searchPlaces": ["other.json"] } }',
  })
  const before = process.cwd()
  process.chdir(elsewhere)
  try {
    expect((await loadImage({ directory })).file).toBe(join(directory, CONFIG))
    expect(process.cwd()).toBe(elsewhere)
    expect(existsSync(join(elsewhere, '.config/ran'))).toBe(false)
  } finally {
    process.chdir(before)
  }
})
