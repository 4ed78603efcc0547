import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { circlesOf, roomOf, type Source, sourceOf, upwardOf } from './support/imports.ts'

// Which room may do what: the tables in docs/architecture, run.

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ROOMS = ['core', 'plugins', 'presets', 'test']

/** From the ground up: a file imports from its own room and from those before it. Room by room, as docs/architecture has it. */
const ORDER = [
  'core/base/errors',
  'core/base/text',
  'core/base/validation',
  'core/base/async',
  'core/base/files',
  'core/base/model',
  'core/base/process',
  'core/store/namespace',
  'core/store',
  'core/store/download',
  'core/store/toolbox',
  'core/machine/host-keys',
  'core/machine/ssh',
  'core/machine/serial',
  'core/machine/guest',
  'core/machine/tasks',
  'core/machine/netconf',
  'core/machine/qemu',
  'core/machine/host',
  'core/machine',
  'core/machine/channel',
  'core/machine/snapshot/addresses',
  'core/machine/snapshot',
  'core/machine/snapshot/proof',
  'core/contract/plugin',
  'core/contract/config',
  'core/build/disk/partitions',
  'core/build/disk/import',
  'core/build/disk',
  'core/build/linux',
  'core/build/testing',
  'core/build/defaults',
  'core/build/checkpoint',
  'core/build',
  'core/build/plugin-testing',
  'core/index.ts',
  'plugins',
  'presets',
  'core/publish/oci',
  'core/publish',
  'core/launcher/privileges',
  'core/launcher/network/addresses',
  'core/launcher/network/dhcp',
  'core/launcher/network',
  'core/launcher/container',
  'core/launcher/report',
  'core/launcher/begin',
  'core/launcher/commands',
  'core/launcher',
  'core/lesson/platform',
  'core/lesson',
  'core/cli/loader',
  'core/cli/preflight',
  'core/cli/doctor',
  'core/cli/init',
  'core/cli/terminal',
  'core/cli/arguments',
  'core/cli/display',
  'core/cli/session',
  'core/cli/completion',
  'core/cli/verbs',
  'core/cli',
]

const files = ROOMS.flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
)

const read = (path: string): Source => sourceOf(path, readFileSync(join(ROOT, path), 'utf8'))

const sources = files.map(read)
const inRoom = (room: string) => sources.filter(({ path }) => path.startsWith(`${room}/`))
const shipped = sources.filter(({ path }) => !path.startsWith('test/'))

/** "file imports what", for imports that are not allowed. */
const wrong = (of: readonly Source[], allowed: (imported: string, path: string) => boolean): string[] =>
  of.flatMap(({ path, imports }) =>
    imports.filter((imported) => !allowed(imported, path)).map((imported) => `${path} imports ${imported}`),
  )

test('the rooms are found, and what they import', () => {
  for (const room of ROOMS) expect(inRoom(room).length).toBeGreaterThan(2)
  expect(read('core/base/process/run.ts').imports).toEqual([
    'node:stream',
    'execa',
    'core/base/errors/catalogue.ts',
    'core/base/text/lines.ts',
    'core/base/process/output.ts',
    'core/base/process/watching.ts',
  ])
  // also what is imported late
  expect(read('core/cli/bin.ts').imports).toContain('core/cli/run.ts')
})

describe('no file is imported by what it imports', () => {
  test('types included', () => {
    expect(circlesOf(shipped)).toEqual([])
  })

  test('a circle is found, through types, late imports and the doors of the package', () => {
    const planted = [
      sourceOf('core/store/one.ts', "import type { Two } from '../disk/two.ts'"),
      sourceOf('core/disk/two.ts', "export * from './three.ts'\nimport '../base.ts'"),
      sourceOf('core/disk/three.ts', "export const load = () => import('../store/one.ts')"),
      sourceOf('core/index.ts', "export { four } from '../plugins/four.ts'"),
      sourceOf('plugins/four.ts', "import { type Disk, secret } from 'antidote'"),
      sourceOf('core/base.ts', "import { join } from 'node:path'"),
    ]
    expect(circlesOf(planted)).toEqual([
      ['core/disk/three.ts', 'core/disk/two.ts', 'core/store/one.ts'],
      ['core/index.ts', 'plugins/four.ts'],
    ])
  })
})

describe('a file imports only from its own room and those before it', () => {
  test('types included', () => {
    expect(upwardOf(shipped, ORDER)).toEqual([])
  })

  test('an import from a later room is found: of a type, a late one, through the door, and inside of a wing', () => {
    const planted = [
      sourceOf('core/base/files/regular.ts', "import type { Store } from '../../store/store.ts'"),
      sourceOf('core/store/store.ts', "export const load = () => import('./toolbox/toolbox.ts')"),
      sourceOf('core/build/linux/rootfs.ts', "import { type Step, secret } from 'antidote'"),
      sourceOf('core/machine/ssh/ssh.ts', "export * from '../start.ts'"),
      sourceOf('core/machine/start.ts', "import { join } from 'node:path'\nimport './ssh/ssh.ts'"),
      sourceOf('plugins/debian/index.ts', "import { secret } from 'antidote'"),
    ]
    expect(upwardOf(planted, ORDER)).toEqual([
      'core/base/files/regular.ts imports core/store/store.ts',
      'core/store/store.ts imports core/store/toolbox/toolbox.ts',
      'core/build/linux/rootfs.ts imports core/index.ts',
      'core/machine/ssh/ssh.ts imports core/machine/start.ts',
    ])
  })

  test('every directory of the core is a room, and every room is there', () => {
    const code = inRoom('core').filter(({ path }) => path.endsWith('.ts'))
    const strays = code.filter(({ path }) => ![path, dirname(path)].includes(roomOf(path, ORDER)!))
    expect(strays.map(({ path }) => path)).toEqual([])
    expect(ORDER.filter((room) => !shipped.some(({ path }) => roomOf(path, ORDER) === room))).toEqual([])
  })

  test('the core has few wings, each with its rooms side by side', () => {
    const wings = ORDER.map((room) => room.split('/').slice(0, 2).join('/'))
    const changes = wings.filter((wing, index) => wing !== wings[index - 1])
    expect(changes).toEqual([...new Set(wings)])
    const entries = readdirSync(join(ROOT, 'core')).map((name) => `core/${name}`)
    expect(entries.sort()).toEqual(changes.filter((wing) => wing.startsWith('core/')).sort())
    expect(entries.length).toBeLessThanOrEqual(10)
  })

  test('docs/architecture has the rooms in this order', () => {
    const text = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8')
    const [, section = ''] = /^## Rooms\n(.*?)^## /ms.exec(text) ?? []
    const rows = [...section.matchAll(/^\| `([^`]+)` \| (.+?) \| (.+?) \|$/gm)]
    expect(rows.map(([, room]) => room)).toEqual(ORDER)
  })
})

describe('one file each', () => {
  test.each([
    ['execa', 'core/base/process/run.ts'],
    ['ssh2', 'core/machine/ssh/ssh.ts'],
    ['node:crypto', 'core/base/files/digest.ts', 'core/machine/channel/host-keys.ts'],
    ['node-netconf', 'core/machine/netconf/library.ts'],
  ])('imports %s: %s', (name, ...allowed) => {
    expect(
      shipped
        .filter(({ imports }) => imports.includes(name))
        .map(({ path }) => path)
        .sort(),
    ).toEqual(allowed)
  })

  test('and nobody goes around them, but for the launcher, whose memory execa would not fit into', () => {
    const around = ['crypto', 'child_process', 'node:child_process', 'node:worker_threads', 'node:cluster']
    const small = (imported: string, path: string) =>
      path === 'core/launcher/spawn.ts' && imported === 'node:child_process'
    expect(wrong(shipped, (imported, path) => !around.includes(imported) || small(imported, path))).toEqual(
      [],
    )
  })

  test('the launcher starts with nothing that is large', () => {
    const reached = new Set<string>()
    const walk = (path: string) => {
      if (reached.has(path)) return
      reached.add(path)
      for (const imported of sources.find((source) => source.path === path)?.eager ?? []) walk(imported)
    }
    walk('core/launcher/launch.ts')
    expect([...reached].filter((name) => !name.startsWith('core/') && !name.startsWith('node:'))).toEqual([])
  })
})

describe('core', () => {
  const NAMES =
    /debian|ubuntu|centos|fedora|\bkali\b|\balpine\b|cumulus|juniper|junos|vqfx|\bfrr\b|\b(bullseye|bookworm|trixie)\b|cisco|arista|mikrotik|nokia/i

  /** Where the core names one, and why it may. */
  const EXEMPT: Record<string, string> = {
    'core/store/toolbox/': "the toolbox's own recipe and mirror",
    'core/contract/plugin/toolset.ts': "how the toolbox's packages are installed",
    'core/cli/doctor/programs.ts': 'the packages that a host gets its programs from',
    'core/cli/doctor/mend.ts': 'the command that installs them',
    'core/machine/netconf/dialect': 'the dialects of NETCONF, which are called after those who speak them',
    'core/lesson/platform/drivers.ts': "the lesson platform's names of drivers",
    'core/cli/init/templates/':
      'the presets that `init` writes images for, which are the words of their users',
  }

  test('names no vendor and no distribution', () => {
    const named = inRoom('core')
      .filter(({ path }) => !Object.keys(EXEMPT).some((exempt) => path.startsWith(exempt)))
      .flatMap(({ path, words }) =>
        words.filter((word) => NAMES.test(word)).map((word) => `${path}: ${word}`),
      )
    expect(named).toEqual([])
  })

  test('has no exemption that it does not need', () => {
    for (const exempt of Object.keys(EXEMPT)) {
      expect(
        inRoom('core').some(
          ({ path, words }) => path.startsWith(exempt) && words.some((word) => NAMES.test(word)),
        ),
      ).toBe(true)
    }
  })

  test('knows no plugin and no preset, but for the loader that hands them to a config', () => {
    const loader = (imported: string, path: string) =>
      path === 'core/cli/loader/load.ts' && ['plugins/index.ts', 'presets/index.ts'].includes(imported)
    expect(
      wrong(
        inRoom('core'),
        (imported, path) =>
          !/^(plugins|presets|test|antidote)(\/|$)/.test(imported) || loader(imported, path),
      ),
    ).toEqual([])
  })
})

test("a plugin imports the package's door, its own folder and Node", () => {
  const own = (imported: string, path: string) =>
    imported.startsWith(`${path.split('/').slice(0, 2).join('/')}/`)
  const plugins = inRoom('plugins').filter(({ path }) => path !== 'plugins/index.ts')
  expect(
    wrong(
      plugins,
      (imported, path) => imported === 'antidote' || imported.startsWith('node:') || own(imported, path),
    ),
  ).toEqual([])
  expect(wrong([read('plugins/index.ts')], (imported) => imported.startsWith('plugins/'))).toEqual([])
})

test('a preset composes plugins: it waits for nothing and runs nothing', () => {
  const presets = inRoom('presets')
  expect(
    wrong(
      presets,
      (imported) => ['antidote', 'antidote/plugins'].includes(imported) || imported.startsWith('presets/'),
    ),
  ).toEqual([])
  expect(
    presets
      .filter(({ words }) => words.some((word) => ['await', 'async', 'exec', 'run'].includes(word)))
      .map(({ path }) => path),
  ).toEqual([])
})

test('no file is longer than 300 lines', () => {
  const long = sources
    .filter(({ path }) => path.endsWith('.ts'))
    .filter(({ text }) => text.split('\n').length > 301)
  expect(long.map(({ path, text }) => `${path}: ${text.split('\n').length - 1}`)).toEqual([])
})
