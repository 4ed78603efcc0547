import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import * as api from 'antidote'
import * as plugins from 'antidote/plugins'
import * as presets from 'antidote/presets'
import * as testing from 'antidote/testing'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { main } from '../core/cli/program.ts'
import { settings } from '../core/config/schema.ts'
import { presetNames } from '../core/init/templates.ts'
import { stageNames } from '../core/lifecycle/stages.ts'

const root = resolve(import.meta.dirname, '..')
const read = (name: string) => readFileSync(join(root, name), 'utf8')
const listed = async (directory: string, ending: string) =>
  (await readdir(join(root, directory), { recursive: true }))
    .filter((name) => name.endsWith(ending) && !name.includes('.vitepress'))
    .map((name) => join(directory, name))

const docs = await listed('docs', '.md')
const pages = ['README.md', 'CHANGELOG.md', ...docs]

/** The words of the first column of every table in a page, or in the part of it under a heading. */
const column = (name: string, heading?: string): string[] => {
  const text = read(name)
  const part = heading
    ? (text.split(/^#{2,3} /m).find((block) => block.startsWith(`${heading}\n`)) ?? '')
    : text
  return [...part.matchAll(/^\| *((?:`[^`|]+`[, ]*)+)/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([^`]+)`/g)].map(([, word]) => word!),
  )
}

const help = async (...words: string[]): Promise<string> => {
  let text = ''
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += chunk
    return true
  })
  try {
    expect(await main(['node', 'antidote', ...words, '--help'])).toBe(0)
  } finally {
    spy.mockRestore()
  }
  return text
}

const optionsIn = (text: string) =>
  [...text.matchAll(/^ {2}(?:(-\w), )?(--[a-z-]+)/gm)].flatMap(([, a, b]) => (a ? [a, b!] : [b!]))
const headingsOf = (name: string) =>
  [...read(name).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )

describe('the command line in the docs', () => {
  const options = new Map<string, Set<string>>()
  const common = new Set<string>()

  beforeAll(async () => {
    const text = await help()
    for (const option of optionsIn(text)) common.add(option)
    for (const [, name] of text.split('Commands:')[1]!.matchAll(/^ {2}([a-z]+)/gm)) {
      if (name !== 'help')
        options.set(
          name!,
          new Set(optionsIn(await help(name!)).filter((option) => !/^(-h|--help)$/.test(option))),
        )
    }
  })

  /** Every command line that starts with antidote: whole inline code, and what a prompt or a shell block runs. */
  const commands = (text: string): string[] => [
    ...[...text.matchAll(/`antidote ([^`\n]+)`/g)].map(([, words]) => words!),
    ...[...text.matchAll(/^\$ antidote (.+)$/gm)].map(([, words]) => words!),
    ...[...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
      [...block!.matchAll(/^antidote (.+)$/gm)].map(([, words]) => words!),
    ),
  ]

  it.each(pages)('%s names only verbs and options that exist', (name) => {
    for (const line of commands(read(name))) {
      const words = line.replace(/(-C|--config|--directory) \S+/g, '$1').split(' ')
      const verb = words.find((word) => !word.startsWith('-'))
      if (verb === undefined || verb.startsWith('<')) continue
      expect([...options.keys()], `antidote ${line}`).toContain(verb)
      const used = words.map((word) => word.split('=')[0]!).filter((word) => /^--?[a-z]/i.test(word))
      for (const option of used)
        expect([...common, ...options.get(verb)!], `antidote ${line}`).toContain(option)
    }
  })

  it('lists every verb and option in its own section', () => {
    const building = column('docs/reference/cli.md', 'Options of the verbs that build').map(
      (cell) => cell.split(' ')[0]!,
    )
    expect(
      new Set(column('docs/reference/cli.md', 'Options of every verb').map((cell) => cell.split(' ')[0]!)),
    ).toEqual(common)
    for (const [verb, known] of options) {
      const section = read('docs/reference/cli.md')
        .split(/^### /m)
        .find((block) => block.startsWith(`${verb}\n`))
      expect(section, `a section for ${verb}`).toBeDefined()
      const builds = known.has('--on-error')
      const said = new Set([
        ...(builds ? building : []),
        ...[...section!.matchAll(/`(--?[a-z][a-z-]*)(?: <[^`]*)?`/g)].map(([, option]) => option!),
      ])
      expect(said, verb).toEqual(known)
    }
  })
})

describe('the reference', () => {
  it('has every setting of the config and no other', () => {
    const nested = (path: PropertyKey[], prefix: string) => settings(path).map((name) => `${prefix}.${name}`)
    const known = [
      ...settings([]),
      ...nested(['files', 0], 'files'),
      ...nested(['disk'], 'disk'),
      ...nested(['machine'], 'machine'),
    ]
    expect(column('docs/reference/config.md').sort()).toEqual(known.sort())
  })

  it('has every error code with its exit status and no other', async () => {
    const known = new Map<string, string>()
    for (const file of [...(await listed('core', '.ts')), ...(await listed('plugins', '.ts'))]) {
      const [, ...raised] = read(file).split(/new AntidoteError\(\s*(?=')/)
      for (const text of raised) {
        const code = /^'(\w+)'/.exec(text)?.[1]
        if (code) known.set(code, /exitCode: (\d+)/.exec(text)?.[1] ?? '1')
      }
    }
    const rows = [...read('docs/reference/errors.md').matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(
      ([, code, exit]) => [code!, exit!] as const,
    )
    expect(new Map(rows)).toEqual(known)
    expect(rows.length).toBe(known.size)
  })

  it('has everything that antidote and antidote/testing export', () => {
    const text = read('docs/reference/plugin-api.md')
    for (const name of [...Object.keys(api), ...Object.keys(testing)])
      expect(text).toMatch(new RegExp(`\\b${name}\\b`))
  })
})

describe('plugins, presets and stages', () => {
  it.each(Object.keys(plugins))('the plugin %s has a page, with all its options', (name) => {
    const page = `docs/plugins/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.md`
    expect(docs).toContain(page)
    const options = read(`plugins/${name}/options.ts`)
    const fields = /export interface \w+Options \{\n([\s\S]*?)\n\}/.exec(options)![1]!
    expect(column(page, 'Options')).toEqual(
      expect.arrayContaining([...fields.matchAll(/^ {2}(\w+)\??:/gm)].map(([, field]) => field)),
    )
    expect([...fields.matchAll(/^ {2}(\w+)\??:/gm)].length).toBe(column(page, 'Options').length)
  })

  it('names every preset and template', () => {
    expect(column('docs/plugins/index.md', 'Presets')).toEqual(expect.arrayContaining(Object.keys(presets)))
    for (const name of presetNames()) expect(read('docs/plugins/index.md')).toContain(`antidote init ${name}`)
  })

  it('has the stages in their order', () => {
    const section = read('docs/architecture.md')
      .split(/^## /m)
      .find((block) => block.startsWith('The nine stages'))!
    expect([...section.matchAll(/^\| (\w+) \| (?:waterfall|series)/gm)].map(([, stage]) => stage)).toEqual(
      stageNames,
    )
  })
})

describe('links', () => {
  it.each(pages)('of %s lead somewhere', (name) => {
    for (const [, target] of read(name).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = '', anchor] = target!.split('#')
      const file = path === '' ? name : relative(root, resolve(root, dirname(name), path))
      expect(existsSync(join(root, file)), `${target} in ${name}`).toBe(true)
      if (anchor) expect(headingsOf(file), `${target} in ${name}`).toContain(anchor)
    }
  })

  it('of the sidebar lead to every page', () => {
    const links = [...read('docs/.vitepress/config.ts').matchAll(/link: '\/([^']*)'/g)].map(
      ([, link]) => `docs/${link}${/\/$|^$/.test(link!) ? 'index' : ''}.md`,
    )
    expect(new Set([...links, 'docs/index.md'])).toEqual(new Set(docs))
  })
})
