import type { DialectName } from './dialect-name.ts'
import { around } from './operations.ts'
import type { LoadOptions } from './types.ts'
import type { XmlSource } from './xml.ts'
import { xml } from './xml.ts'

/** What a dialect adds to RFC 6241. */
export interface Dialect {
  name: DialectName
  /** rpc-errors stand inside of other elements of a reply too. */
  nested: boolean
  /** Loads configuration in the dialect's own words. */
  load?(config: XmlSource, options: LoadOptions): XmlSource
  /** Takes the last commit back into the candidate. */
  rollback?: XmlSource
  command?(line: string): XmlSource
}

/**
 * Junos XML protocol operations in NETCONF sessions: Juniper's "NETCONF XML Management Protocol Developer Guide",
 * <load-configuration> (action, format, rollback) and <command>. A statement that a load refuses is an rpc-error
 * inside <load-configuration-results>.
 */
const junos: Dialect = {
  name: 'junos',
  nested: true,
  load: (config, { format = 'xml', action = 'merge' }) => ({
    'load-configuration':
      format === 'xml'
        ? around(config, { action, format })
        : {
            $: { action: format === 'set' ? 'set' : action, format: 'text' },
            [format === 'set' ? 'configuration-set' : 'configuration-text']: config,
          },
  }),
  rollback: xml`<load-configuration rollback="1"/>`,
  command: (line) => xml`<command format="text">${line}</command>`,
}

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  generic: { name: 'generic', nested: false },
  junos,
}
