import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

const idsOf = (html: string): Set<string> =>
  new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!))

/** Every link on the built site that names a part of a page which is not there: `page: target`. */
export const deadAnchors = (directory: string): string[] => {
  const pages = new Map(
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.html'))
      .map((name) => [
        `/${name.replace(/(index)?\.html$/, '')}`,
        readFileSync(join(directory, name), 'utf8'),
      ]),
  )
  return [...pages].flatMap(([page, html]) =>
    [...html.matchAll(/<a[^>]*\shref="([^":]*)#([^"]+)"/g)]
      .filter(([, path, anchor]) => {
        const target = path ? posix.resolve(posix.dirname(`${page}x`), path) : page
        const found = pages.get(target) ?? pages.get(`${target}/`)
        return !found || !idsOf(found).has(decodeURIComponent(anchor!))
      })
      .map(([, path, anchor]) => `${page}: ${path}#${anchor}`),
  )
}
