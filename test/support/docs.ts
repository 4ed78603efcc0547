import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { main } from '../../core/cli/program.ts'
import { slug } from '../../docs/.vitepress/slug.ts'

export const root = resolve(import.meta.dirname, '../..')

/** A file of the repository. */
export const read = (name: string): string => readFileSync(join(root, name), 'utf8')

/** The files below a directory of the repository that end so. */
export const listed = async (directory: string, ending: string): Promise<string[]> =>
  (await readdir(join(root, directory), { recursive: true }))
    .filter((name) => name.endsWith(ending) && !name.includes('.vitepress'))
    .map((name) => join(directory, name))

/** The part of a page under one heading; empty where there is none. */
export const section = (name: string, level: 2 | 3, heading: string): string =>
  read(name)
    .split(new RegExp(`^#{2,${level}} `, 'm'))
    .find((part) => part.startsWith(`${heading}\n`)) ?? ''

/** The words in code at the start of the rows of every table. */
export const column = (text: string): string[] =>
  [...text.matchAll(/^\| *((?:`[^`|]+`[, ]*)+)/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([^`]+)`/g)].map(([, word]) => word!),
  )

/** The anchors of a page. */
export const anchors = (name: string): string[] =>
  [...read(name).matchAll(/^#+ (.+)$/gm)].map(([, title]) => slug(title!))

/** The arguments of every command line of antidote on a page: inline code, after a prompt, or in a block for a shell. */
export const commandLines = (text: string): string[] =>
  [
    ...text.matchAll(/`antidote ([^`\n]+)`/g),
    ...text.matchAll(/^\$ antidote (.+)$/gm),
    ...[...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) => [
      ...block!.matchAll(/^antidote (.+)$/gm),
    ]),
  ].map(([, words]) => words!)

/** What `--help` prints, for a verb or for all. */
export const help = async (...verb: string[]): Promise<string> => {
  const { write } = process.stdout
  let text = ''
  process.stdout.write = (chunk) => {
    text += chunk
    return true
  }
  try {
    await main(['node', 'antidote', ...verb, '--help'])
  } finally {
    process.stdout.write = write
  }
  return text
}

/** The options in a help text, without the one for help. */
export const optionsOf = (text: string): string[] =>
  [...text.matchAll(/^ {2}(?:(-\w), )?(--[a-z-]+)/gm)].flatMap(([, short, long]) =>
    short ? [short, long!] : [long!],
  )
