import { shortened } from '../../base/text/printable.ts'
import { isElement, listOf, textOf } from './data.ts'
import type { XmlData } from './xml.ts'
import { xml } from './xml.ts'

const BASE = 'urn:ietf:params:netconf:base'

/** What this end can. The message of RFC 6241, 8.1. */
export const HELLO = xml`<?xml version="1.0" encoding="UTF-8"?>
<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
  <capabilities>
    <capability>${BASE}:1.0</capability>
    <capability>${BASE}:1.1</capability>
  </capabilities>
</hello>`.xml

/** What a server's hello says. */
export interface Hello {
  capabilities: readonly string[]
  sessionId: number
  /** Both ends have base:1.1. */
  chunked: boolean
}

/** A capability's URI without its parameters. Before RFC 6241 some servers put `xml:ns:` into it. */
const nameOf = (uri: string): string =>
  uri.split('?')[0]!.replace('urn:ietf:params:xml:ns:netconf:', 'urn:ietf:params:netconf:')

/** Whether a capability is among them: `:candidate`, `:validate:1.1`, or a URI without its query. */
export const hasCapability = (capabilities: readonly string[], wanted: string): boolean =>
  capabilities.some((uri) => {
    const name = nameOf(uri)
    if (!wanted.startsWith(':')) return name === wanted || uri === wanted
    const short = `urn:ietf:params:netconf:${wanted.startsWith(':base') ? '' : 'capability:'}${wanted.slice(1)}`
    return name === short || name.startsWith(`${short}:`)
  })

/** Reads a hello; gives a sentence's end where it is none that a session can begin with. */
export const readHello = (data: XmlData): Hello | string => {
  const { capabilities: given, 'session-id': id } = isElement(data) ? data : {}
  const capabilities = (isElement(given) ? listOf(given.capability) : []).map(textOf)
  const sessionId = Number(textOf(id))
  if (!Number.isSafeInteger(sessionId) || sessionId < 1)
    return `its hello has the session-id "${shortened(textOf(id))}", which is no positive number`
  const chunked = hasCapability(capabilities, ':base:1.1')
  if (!chunked && !hasCapability(capabilities, ':base:1.0'))
    return 'its hello has neither the capability base:1.0 nor base:1.1'
  return { capabilities, sessionId, chunked }
}
