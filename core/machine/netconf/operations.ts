import type { CommitOptions, Datastore, EditOptions, NetconfFilter } from './types.ts'
import type { XmlContent, XmlSource } from './xml.ts'
import { isXml } from './xml.ts'

// The operations of RFC 6241, section 7 and 8, as elements.

/** XML text stands as it is; an object does anyway. */
const content = (source: XmlSource): XmlContent => (typeof source === 'string' ? { xml: source } : source)

/** An element around a source: one that is XML text has its place beside the attributes. */
export const around = (
  source: XmlSource,
  attributes: { readonly [name: string]: XmlContent },
): XmlContent => {
  const inner = content(source)
  return isXml(inner) ? { $: attributes, _: inner } : { $: attributes, ...(inner as object) }
}

const filterOf = (filter: NetconfFilter | undefined): { filter?: XmlContent } => {
  if (!filter) return {}
  if ('subtree' in filter) return { filter: around(filter.subtree, { type: 'subtree' }) }
  const prefixes = Object.entries(filter.namespaces ?? {}).map(([prefix, uri]) => [`xmlns:${prefix}`, uri])
  return { filter: { $: { ...Object.fromEntries(prefixes), type: 'xpath', select: filter.xpath } } }
}

export const get = (filter?: NetconfFilter): XmlSource => ({ get: filter ? filterOf(filter) : null })

export const getConfig = (source: Datastore, filter?: NetconfFilter): XmlSource => ({
  'get-config': { source: { [source]: null }, ...filterOf(filter) },
})

export const editConfig = (target: Datastore, config: XmlSource, options: EditOptions): XmlSource => ({
  'edit-config': {
    target: { [target]: null },
    'default-operation': options.defaultOperation,
    'test-option': options.testOption,
    'error-option': options.errorOption,
    config: content(config),
  },
})

export const copyConfig = (target: Datastore, source: Datastore): XmlSource => ({
  'copy-config': { target: { [target]: null }, source: { [source]: null } },
})

export const lock = (target: Datastore): XmlSource => ({ lock: { target: { [target]: null } } })

export const unlock = (target: Datastore): XmlSource => ({ unlock: { target: { [target]: null } } })

export const validate = (source: Datastore): XmlSource => ({ validate: { source: { [source]: null } } })

export const commit = ({ confirmed, persist, persistId }: CommitOptions): XmlSource => ({
  commit: {
    ...(confirmed !== undefined && { confirmed: null, 'confirm-timeout': confirmed }),
    persist,
    'persist-id': persistId,
  },
})

export const cancelCommit = (persistId?: string): XmlSource => ({
  'cancel-commit': { 'persist-id': persistId },
})

export const killSession = (id: number): XmlSource => ({ 'kill-session': { 'session-id': id } })
