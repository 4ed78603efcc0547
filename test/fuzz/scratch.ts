import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A directory of its own with some files. Whoever runs a target removes what is in TMPDIR. */
export const scratch = (files: Record<string, string | Buffer> = {}): string => {
  const directory = mkdtempSync(join(tmpdir(), 'antidote-input-'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), content)
  }
  return directory
}

/** What YAML has. */
export const YAML = [
  '&a ',
  '*a',
  '<<: *a\n',
  '[',
  ']',
  '{',
  '}',
  '- ',
  '? ',
  ': ',
  '|\n',
  '>-\n',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '!!binary ',
  '!!timestamp ',
  '!a ',
  '"\\x00"',
  "'",
  '#',
  '\t',
  '  ',
  '\n',
  'endpoints:\n',
  'name: a\n',
  'files:\n',
  'interfaces: { eth1: [10.0.0.1/24] }\n',
]
