/** A further source of packages. */
export interface AptSource {
  /** One line as in sources.list(5), its options included, without signed-by. */
  line: string
  /** The key that signs it: a path relative to the config, armoured or binary. */
  key: string
}

/** The parts of a line of sources.list. */
interface Line {
  type: string
  /** What is in brackets. */
  options: string[]
  /** The URI, the suite or the directory of a flat repository, and the components. */
  rest: string
}

/** A line of sources.list(5) in its parts; undefined where apt would not read it. */
export const sourceOf = (line: string): Line | undefined => {
  const match =
    /^(deb(?:-src)?)[ \t]+(?:\[([^\][\p{Cc}]*)\][ \t]+)?((?:https?|file|copy):\/*[^\s\][]+[ \t]+([^\s\][]+)((?:[ \t]+[^\s\][]+)*))[ \t]*$/u.exec(
      line,
    )
  if (!match) return undefined
  const [, type, options = '', rest, suite, components] = match
  // a suite that ends in a slash is a directory, which has no components; every other has some
  if (suite!.endsWith('/') !== (components === '')) return undefined
  return { type: type!, options: options.split(/\s+/).filter(Boolean), rest: rest! }
}

/** The line with the key that has to sign what it gives; its other options stay. */
export const signedLine = (line: string, keyring: string): string => {
  const { type, options, rest } = sourceOf(line)!
  return `${type} [${[`signed-by=${keyring}`, ...options].join(' ')}] ${rest}`
}

/** The URI in a line of sources.list; undefined where apt would not read it. */
export const addressOf = (line: string): string | undefined => sourceOf(line)?.rest.split(/[ \t]/)[0]

/** Whether apt needs certificates for one of them. */
export const needsCertificates = (sources: readonly AptSource[]): boolean =>
  sources.some(({ line }) => sourceOf(line)?.rest.startsWith('https:'))
