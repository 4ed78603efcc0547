import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where packages come from; undefined leaves the choice to mmdebstrap. */
export interface Mirror {
  main: string
  security?: string
  /** False where it has no `<suite>-updates`. */
  updates?: boolean
}

interface Source {
  uris: string[]
  suites: string[]
  components: readonly string[]
}

/** Entries of deb822 sources, the format of sources.list.d/*.sources (man 5 sources.list). */
const parseDeb822 = (text: string): Source[] =>
  text
    .split(/\n\s*\n/)
    .map((stanza) => {
      const field = (name: string) =>
        new RegExp(`^${name}:(.*)$`, 'mi').exec(stanza)?.[1]?.trim().split(/\s+/).filter(Boolean) ?? []
      const enabled = !/^Enabled:\s*no/im.test(stanza) && field('Types').includes('deb')
      return enabled
        ? { uris: field('URIs'), suites: field('Suites'), components: field('Components') }
        : undefined
    })
    .filter((source) => source !== undefined)

/** Entries of one-line sources, the format of sources.list. */
const parseList = (text: string): Source[] =>
  [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$/gm)].map(
    ([, uri, suite, components]) => ({
      uris: [uri!],
      suites: [suite!],
      components: components!.trim().split(/\s+/),
    }),
  )

const readSources = (root: string): Source[] => {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return ''
    }
  }
  const directory = join(root, 'etc/apt/sources.list.d')
  const names = (() => {
    try {
      return readdirSync(directory).sort()
    } catch {
      return []
    }
  })()
  return [
    ...parseList(read(join(root, 'etc/apt/sources.list'))),
    ...names.flatMap((name) => {
      if (name.endsWith('.sources')) return parseDeb822(read(join(directory, name)))
      return name.endsWith('.list') ? parseList(read(join(directory, name))) : []
    }),
  ]
}

/**
 * The Debian mirror of this host's own apt, if it is a Debian and has one without credentials in its address.
 * A mirror carries every suite, so it serves other releases too.
 */
export const hostMirror = (root = '/'): Mirror | undefined => {
  let release = ''
  try {
    release = readFileSync(join(root, 'etc/os-release'), 'utf8')
  } catch {
    return undefined
  }
  if (!/^ID="?debian"?$/m.test(release)) return undefined
  const codename = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(release)?.[1]
  if (!codename) return undefined
  const sources = readSources(root)
  const find = (suite: string) =>
    sources
      .find(({ suites, components }) => suites.includes(suite) && components.includes('main'))
      ?.uris.find((uri) => /^https?:\/\/[^@]+$/.test(uri))
  const main = find(codename)
  const security = find(`${codename}-security`)
  return main ? { main, ...(security && { security }) } : undefined
}

/** The source lines for a suite, in the form mmdebstrap takes; none leaves the choice to mmdebstrap. */
export const sourceLines = (
  suite: string,
  mirror: Mirror | undefined,
  components: readonly string[] = ['main'],
): string[] =>
  mirror
    ? [
        `deb ${mirror.main} ${suite} ${components.join(' ')}`,
        ...(mirror.updates === false ? [] : [`deb ${mirror.main} ${suite}-updates ${components.join(' ')}`]),
        ...(mirror.security ? [`deb ${mirror.security} ${suite}-security ${components.join(' ')}`] : []),
      ]
    : []
