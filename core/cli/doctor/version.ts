/** The first version number in a text, such as "2.38.1" in "unshare from util-linux 2.38.1". */
export const versionIn = (text: string): string | undefined => /\d+(\.\d+)+/.exec(text)?.[0]

/** Whether a version is the wanted one or later, by its numbers. */
export const atLeast = (version: string, wanted: string): boolean => {
  const [has, needs] = [version, wanted].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10)),
  )
  for (const [index, number] of needs!.entries()) {
    const own = has![index] ?? 0
    if (own !== number) return own > number
  }
  return true
}
