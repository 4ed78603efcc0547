import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './cli.ts'

/** The examples of a page that name a file, by that: what is in a fence such as ```yaml [stage0/configs/a.yml]. */
export const documented = (page: string): Record<string, string> => {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
  const fences = text.matchAll(/^```\w+ \[([^\]]+)\]\n([\s\S]*?)^```$/gm)
  return Object.fromEntries([...fences].map(([, name, content]) => [name!, content!]))
}
