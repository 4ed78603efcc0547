/** The longest name of a host, and of a Kubernetes Service. */
const LONGEST = 63

/** A directory's name as the name of an image and of a host, or undefined if nothing of it is left. */
export const imageName = (text: string): string | undefined => {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
  const name = plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, LONGEST)
    .replace(/-$/, '')
  return name || undefined
}
