import { errors } from '../../base/errors/catalogue.ts'

/** The name of an image in a registry. */
export interface Reference {
  /** Host and port, where the name begins with one. */
  readonly registry?: string
  readonly path: string
  readonly tag: string
}

/** Grammar: distribution/reference, which Docker, Podman and the OCI distribution specification share. */
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const TAG = /^\w[\w.-]{0,127}$/
const HOST =
  /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::[0-9]{1,5})?$/
const MAX_NAME = 255

/** A first component is a host if it cannot be taken for part of a path. */
const looksLikeHost = (component: string): boolean => component === 'localhost' || /[.:]/.test(component)

/** The tag of a name as it is written, without a check; undefined where there is none. */
export const tagOf = (text: string): string | undefined => {
  const colon = text.indexOf(':', text.lastIndexOf('/') + 1)
  return colon === -1 ? undefined : text.slice(colon + 1)
}

/** Reads `[host[:port]/]path[:tag]`; `fallback` is the tag where none is given. Throws REFERENCE_INVALID. */
export const parseReference = (text: string, fallback = 'latest'): Reference => {
  if (text.includes('@')) throw errors.referenceInvalid(text, 'a digest cannot be published to')
  const own = tagOf(text)
  const name = own === undefined ? text : text.slice(0, -own.length - 1)
  const tag = own ?? fallback
  const parts = name.split('/')
  const registry = parts.length > 1 && looksLikeHost(parts[0]!) ? parts.shift() : undefined
  if (registry && !HOST.test(registry))
    throw errors.referenceInvalid(text, `"${registry}" is not a host or host:port`)
  const wrong = parts.find((part) => !COMPONENT.test(part))
  if (wrong === '') throw errors.referenceInvalid(text, 'a part of its name is empty')
  if (wrong !== undefined) {
    throw errors.referenceInvalid(
      text,
      `"${wrong}" may have only lower-case letters and digits, separated by ".", "_", "__" or "-"`,
    )
  }
  if (!TAG.test(tag)) {
    throw errors.referenceInvalid(
      text,
      `the tag "${tag}" must be 1 to 128 letters, digits, "_", "." or "-" and not begin with "." or "-"`,
    )
  }
  if (name.length > MAX_NAME)
    throw errors.referenceInvalid(text, `its name is longer than ${MAX_NAME} characters`)
  return { ...(registry && { registry }), path: parts.join('/'), tag }
}

/** The text of a reference, always with its tag. */
export const formatReference = ({ registry, path, tag }: Reference): string =>
  `${registry ? `${registry}/` : ''}${path}:${tag}`
