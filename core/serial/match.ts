/** Which pattern was found, and where its match ends. */
export interface Found<K extends string> {
  is: K
  match: RegExpExecArray
  end: number
  /** It ends with a line, so that nothing can be added to it. */
  whole: boolean
}

/** The match that begins first; of those that begin at one place, the pattern that is named first. */
export const find = <K extends string>(
  patterns: Readonly<Record<K, RegExp>>,
  text: string,
): Found<K> | undefined => {
  let first: Found<K> | undefined
  for (const [is, pattern] of Object.entries(patterns) as [K, RegExp][]) {
    // a pattern that remembers where it was begins at the beginning all the same
    const match = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).exec(text)
    if (!match || (first && match.index >= first.match.index)) continue
    first = { is, match, end: match.index + match[0].length, whole: match[0].endsWith('\n') }
  }
  return first
}
