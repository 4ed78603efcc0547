import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Lost } from '../../base/errors/linux.ts'

const DIRECTORY = fileURLToPath(new URL('./kernel', import.meta.url))

/** Value of a kernel option; `m` makes a module. */
export type OptionValue = 'y' | 'm' | 'n'

const line = (name: string, value: OptionValue) =>
  value === 'n' ? `# CONFIG_${name} is not set` : `CONFIG_${name}=${value}`

/** The configuration of a lab guest's kernel: our fragments, what a version adds, then the caller's options. */
export const kernelFragments = (
  version: string,
  options: Readonly<Record<string, OptionValue>> = {},
): string => {
  const names = readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.config'))
    .sort()
  const texts = [...names, join('versions', `${version}.config`)].map((name) =>
    readFileSync(join(DIRECTORY, name), 'utf8'),
  )
  const own = Object.entries(options).map(([name, value]) => `${line(name, value)}\n`)
  return [...texts, ...own].join('')
}

/** What a configuration asks for: names and values, the last of each; "n" where it is not set. */
const parse = (text: string): Map<string, string> => {
  const values = new Map<string, string>()
  for (const [, unset, name, value] of text.matchAll(/^(?:# CONFIG_(\w+) is not set|CONFIG_(\w+)=(.*))$/gm)) {
    values.set((unset ?? name)!, unset ? 'n' : value!)
  }
  return values
}

/** The options of the wanted configuration that did not survive `make olddefconfig`. */
export const lostOptions = (wanted: string, result: string): Lost[] => {
  const got = parse(result)
  return [...parse(wanted)]
    .map(([name, value]) => ({ name, wanted: value, got: got.get(name) ?? 'n' }))
    .filter((option) => option.wanted !== option.got)
}
