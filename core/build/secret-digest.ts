import { resolve } from 'node:path'
import { keyedDigest } from '../base/files/digest.ts'
import type { Sealed } from '../base/model/key.ts'
import type { Image } from '../contract/config/image.ts'
import { secretKey } from '../store/secret-key.ts'

/** How secrets are digested in a store. Its key is read when the first secret comes. Throws SECRET_KEY_SHORT. */
export const sealedIn = (store: { directory: string }): Sealed => {
  let key: string | undefined
  return (secret) => {
    key ??= secretKey(store.directory)
    return `secret:${keyedDigest(key, secret)}`
  }
}

const isBelow = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(`${directory}/`)

/** The same digests of files, but those in which an image's config says that a secret is. */
export const sealFiles = (
  { directory, config }: Image,
  digests: Readonly<Record<string, string>>,
  sealed: Sealed,
): Record<string, string> => {
  const secrets = [...config.files, ...config.configure.files]
    .filter(({ secret }) => secret)
    .map(({ from }) => resolve(directory, from))
  const isSecret = (name: string) => {
    const path = resolve(directory, name)
    return secrets.some((secret) => isBelow(path, secret) || isBelow(secret, path))
  }
  return Object.fromEntries(
    Object.entries(digests).map(([name, digest]) => [name, isSecret(name) ? sealed(digest) : digest]),
  )
}
