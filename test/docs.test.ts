import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import * as api from 'antidote'
import * as plugins from 'antidote/plugins'
import * as presets from 'antidote/presets'
import * as testing from 'antidote/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { presetNames } from '../core/cli/init/templates.ts'
import { settings } from '../core/contract/config/schema.ts'
import { stageNames } from '../core/contract/plugin/stages.ts'
import { COMMANDS } from '../core/launcher/commands/index.ts'
import {
  anchors,
  column,
  commandLines,
  help,
  listed,
  optionsOf,
  read,
  root,
  section,
} from './support/docs.ts'

const docs = await listed('docs', '.md')
const pages = ['README.md', 'CHANGELOG.md', ...docs]
const CLI = 'docs/reference/cli.md'

describe('the command line in the docs', () => {
  const options = new Map<string, string[]>()
  let common: string[] = []

  beforeAll(async () => {
    const text = await help()
    common = optionsOf(text)
    const verbs = [...text.split('Commands:')[1]!.matchAll(/^ {2}([a-z]+)/gm)].map(([, verb]) => verb!)
    for (const verb of verbs.filter((name) => name !== 'help')) {
      options.set(
        verb,
        optionsOf(await help(verb)).filter((option) => option !== '-h' && option !== '--help'),
      )
    }
  })

  it.each(pages)('%s names only verbs and options that exist', (name) => {
    for (const line of commandLines(read(name))) {
      // what follows a -- is for somebody else
      const [own] = line.replace(/(-C|--config|--directory) \S+/g, '$1').split(' -- ')
      const words = own!.split(' ')
      const verb = words.find((word) => !word.startsWith('-'))
      if (verb === undefined || verb.startsWith('<') || COMMANDS.has(verb)) continue
      expect([...options.keys()], `antidote ${line}`).toContain(verb)
      const used = words.map((word) => word.split('=')[0]!).filter((word) => /^--?[a-z]/i.test(word))
      for (const option of used)
        expect([...common, ...options.get(verb)!], `antidote ${line}`).toContain(option)
    }
  })

  it('lists every option, and every verb in a section of its own', () => {
    const names = (text: string) => column(text).map((cell) => cell.split(' ')[0]!)
    const building = names(section(CLI, 2, 'Options of the verbs that build'))
    expect(names(section(CLI, 2, 'Options of every verb')).sort()).toEqual([...common].sort())
    for (const [verb, known] of options) {
      const text = section(CLI, 3, verb)
      expect(text, `a section for ${verb}`).not.toBe('')
      const own = [...text.matchAll(/`(--?[a-z][a-z-]*)(?: <[^`]*)?`/g)].map(([, option]) => option!)
      const all = new Set([...own, ...(known.includes('--on-error') ? building : [])])
      expect(all, verb).toEqual(new Set(known))
    }
  })
})

describe('the reference', () => {
  it('has every setting of the config and no other', () => {
    const inside = (prefix: string, path: PropertyKey[]) => settings(path).map((name) => `${prefix}.${name}`)
    const known = [
      ...settings([]),
      ...inside('files', ['files', 0]),
      ...inside('disk', ['disk']),
      ...inside('machine', ['machine']),
      ...inside('platform', ['platform']),
      ...inside('configure', ['configure']),
    ]
    expect(column(read('docs/reference/config.md')).sort()).toEqual(known.sort())
  })

  it('has every error code with its exit status and no other', async () => {
    const known = new Map<string, string>()
    for (const file of [...(await listed('core', '.ts')), ...(await listed('plugins', '.ts'))]) {
      const [, ...raised] = read(file).split(/new AntidoteError\(\s*(?=')/)
      for (const text of raised) {
        known.set(/^'(\w+)'/.exec(text)![1]!, /exitCode: (\d+)/.exec(text)?.[1] ?? '1')
      }
    }
    const rows = [...read('docs/reference/errors.md').matchAll(/^\| `(\w+)` \| (\d+) \|/gm)]
    expect(new Map(rows.map(([, code, exit]) => [code, exit]))).toEqual(known)
    expect(rows.length).toBe(known.size)
  })

  it('has everything that antidote and antidote/testing export', () => {
    const text = read('docs/reference/plugin-api.md')
    for (const name of [...Object.keys(api), ...Object.keys(testing)])
      expect(text).toMatch(new RegExp(`\\b${name}\\b`))
  })
})

describe('plugins, presets and stages', () => {
  it.each(Object.keys(plugins))('the plugin %s has a page with all its options and no other', (name) => {
    const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    const [, directory] = new RegExp(`\\b${name}\\b[^}]*\\} from '\\./([\\w-]+)/`).exec(
      read('plugins/index.ts'),
    )!
    const page = `docs/plugins/${directory}.md`
    expect(docs).toContain(page)
    // what else a plugin's directory gives has a file and a heading of its own
    const own = kebab === directory
    const file = own ? 'options' : kebab.replace(`${directory}-`, '')
    const [, fields] = /export interface \w+Options \{\n([\s\S]*?)\n\}/.exec(
      read(`plugins/${directory}/${file}.ts`),
    )!
    const known = [...fields!.matchAll(/^ {2}(\w+)\??:/gm)].map(([, field]) => field)
    expect(column(section(page, 2, own ? 'Options' : `Options of ${name}`)).sort()).toEqual(known.sort())
  })

  it('names every preset and template', () => {
    const text = section('docs/plugins/index.md', 2, 'Presets')
    expect(column(text).sort()).toEqual(Object.keys(presets).sort())
    for (const name of presetNames()) expect(text).toContain(`antidote init ${name}`)
  })

  it('has the stages in their order', () => {
    const rows = section('docs/architecture.md', 2, 'The nine stages').matchAll(
      /^\| (\w+) \| (?:waterfall|series)/gm,
    )
    expect([...rows].map(([, stage]) => stage)).toEqual(stageNames)
  })
})

describe('links', () => {
  it.each(pages)('of %s lead somewhere', (name) => {
    for (const [, target] of read(name).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = '', anchor] = target!.split('#')
      // a path from the root of the site is a file of its public directory
      const from = path.startsWith('/') ? join('docs/public', path) : resolve(root, dirname(name), path)
      const file = path === '' ? name : relative(root, resolve(root, from))
      expect(existsSync(join(root, file)), `${target} in ${name}`).toBe(true)
      if (anchor) expect(anchors(file), `${target} in ${name}`).toContain(anchor)
    }
  })

  it('of the sidebar lead to every page', () => {
    const links = [...read('docs/.vitepress/config.ts').matchAll(/link: '\/([^']*)'/g)].map(
      ([, link]) => `docs/${link}${/(^|\/)$/.test(link!) ? 'index' : ''}.md`,
    )
    expect(new Set([...links, 'docs/index.md'])).toEqual(new Set(docs))
  })
})
