/** Which pattern was found, and where its match ends. */
export interface Found<K extends string> {
  is: K
  match: RegExpExecArray
  end: number
  /** It ends with a line, so that nothing can be added to it. */
  whole: boolean
}

/** Patterns that begin at the beginning, whatever they remember. */
export const prepared = <K extends string>(patterns: Readonly<Record<K, RegExp>>): [K, RegExp][] =>
  (Object.entries(patterns) as [K, RegExp][]).map(([is, { source, flags }]) => [
    is,
    new RegExp(source, flags.replace(/[gy]/g, '')),
  ])

/** The match that begins first; of those that begin at one place, the pattern that is named first. */
export const find = <K extends string>(
  patterns: readonly (readonly [K, RegExp])[],
  text: string,
): Found<K> | undefined => {
  let first: Found<K> | undefined
  for (const [is, pattern] of patterns) {
    const match = pattern.exec(text)
    if (!match || (first && match.index >= first.match.index)) continue
    first = { is, match, end: match.index + match[0].length, whole: match[0].endsWith('\n') }
  }
  return first
}
