import { errors } from '../../base/errors/catalogue.ts'
import { formatReference, parseReference, tagOf } from './reference.ts'

/** The tag of a pull request's images, as the platform's own previews have it. Throws PREVIEW_INVALID. */
export const previewTag = (id: string): string => {
  // with the eight letters before it no longer than a tag may be
  if (!/^[\w.-]{1,120}$/.test(id)) throw errors.previewInvalid(id)
  return `preview-${id}`
}

/** What a command line says about names. */
export interface NameWishes {
  tag?: readonly string[] | undefined
  to?: string | undefined
  preview?: string | undefined
}

const named = (option: string, text: string, tag: string, preview: string | undefined): string => {
  const own = tagOf(text)
  if (preview !== undefined && own !== undefined) throw errors.previewTag(option, text, own)
  return formatReference(parseReference(text, tag))
}

/** An image's names. */
export interface Names {
  /** With tags. */
  refs: string[]
  /** Its reference in a registry. */
  to?: string
  /** The first tag that says which version it is; undefined where all are `latest`. */
  version?: string
}

const withVersion = (names: { refs: string[]; to?: string }): Names => {
  const version = [...names.refs, ...(names.to ? [names.to] : [])].map(tagOf).find((tag) => tag !== 'latest')
  return { ...names, ...(version && { version }) }
}

/**
 * The names of one image and, with `to`, its reference in a registry. The tag is `preview-<id>` with a preview, else
 * what the names bring, else `latest`. Throws REFERENCE_INVALID, PREVIEW_INVALID, PREVIEW_TAG.
 */
export const namesOf = (image: string, { tag = [image], to, preview }: NameWishes): Names => {
  const fallback = preview === undefined ? 'latest' : previewTag(preview)
  return withVersion({
    refs: tag.map((name) => named('--tag', name, fallback, preview)),
    ...(to !== undefined && { to: named('--to', to, fallback, preview) }),
  })
}

/**
 * Where an image of a collection goes: below a registry, or below a path in it. A tag at the end of the prefix is
 * everybody's. Throws REFERENCE_INVALID, REGISTRY_MISSING, PREVIEW_INVALID, PREVIEW_TAG.
 */
export const namesBelow = (prefix: string | undefined, image: string, preview: string | undefined): Names => {
  // what follows the colon of a lone host is its port
  const own = prefix?.includes('/') ? tagOf(prefix) : undefined
  if (prefix !== undefined && preview !== undefined && own !== undefined)
    throw errors.previewTag('--to', prefix, own)
  const tag = preview === undefined ? (own ?? 'latest') : previewTag(preview)
  const refs = [formatReference(parseReference(image, tag))]
  if (prefix === undefined) return withVersion({ refs })
  const path = own === undefined ? prefix : prefix.slice(0, -own.length - 1)
  const to = parseReference(`${path}/${image}`, tag)
  if (!to.registry) throw errors.registryMissing(prefix)
  return withVersion({ refs, to: formatReference(to) })
}
