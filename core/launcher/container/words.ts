/**
 * The words of a line, split at blanks; quotes keep blanks, and a backslash what follows it, as in a shell without
 * its expansions. Undefined where a quote is not closed.
 */
export const splitWords = (line: string): string[] | undefined => {
  const word = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gsy
  const words: string[] = []
  const blank = /\s*/y
  for (let at = 0; ; ) {
    blank.lastIndex = at
    at += blank.exec(line)![0].length
    if (at === line.length) return words
    word.lastIndex = at
    const found = word.exec(line)?.[0]
    if (found === undefined) return undefined
    words.push(unquote(found))
    at += found.length
  }
}

const unquote = (word: string): string =>
  word.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs, (_, single, double, escaped) => {
    if (single !== undefined) return single
    if (double !== undefined) return double.replace(/\\(["\\])/g, '$1')
    return escaped
  })
