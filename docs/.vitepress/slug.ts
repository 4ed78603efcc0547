/** The anchor of a heading as GitHub makes it, so that one link works in the repository and on the site. */
export const slug = (title: string): string =>
  title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')
