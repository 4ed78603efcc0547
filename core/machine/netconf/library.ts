import { errors } from '../../base/errors/catalogue.ts'
import { messageOf } from '../../base/errors/error.ts'
import { randomName } from '../../base/files/digest.ts'
import { shortened } from '../../base/text/printable.ts'
import { checkBounds } from './bounds.ts'
import { isElement, tidy } from './data.ts'
import type { XmlData, XmlSource } from './xml.ts'
import { isXml, plain, type Xml } from './xml.ts'

/** A message as it was read. */
export interface Message {
  kind: 'hello' | 'rpc-reply' | 'notification'
  id?: string
  data: XmlData
}

/** xml2js keeps elements in plain objects, which have these already. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype))

/** The library ends every rpc with it. */
const MARK = ']]>]]>'

const ROOTS = ['hello', 'rpc-reply', 'notification']

/** The one place that uses node-netconf: it numbers and builds rpcs, and parses what comes. */
export class Library {
  readonly #client: import('node-netconf').Client
  readonly #mark = `xml-${randomName()}-`
  #root: string | undefined

  private constructor(client: import('node-netconf').Client) {
    this.#client = client
    client.parseOpts = {
      explicitArray: false,
      emptyTag: '',
      tagNameProcessors: [(name: string) => this.#opened(name)],
    }
  }

  /** Loaded when it is used: it brings an SSH library of its own, which is not. */
  static async load(): Promise<Library> {
    const { default: netconf } = await import('node-netconf')
    return new Library(new netconf.Client({ host: '' }))
  }

  /** An rpc with its message-id, and the name of its operation. */
  request(body: XmlSource): { id: string; xml: string; operation: string } {
    const sources: string[] = []
    const place = (source: string) => {
      this.#check(source)
      return `${this.#mark}${sources.push(withoutDeclaration(source)) - 1};`
    }
    const source = typeof body === 'string' && body.trimStart().startsWith('<') ? { xml: body } : body
    const content =
      typeof source === 'string'
        ? plain({ [source]: null }, place)
        : isXml(source)
          ? { _: place(source.xml) }
          : plain(source, place)
    let built: { id: string; xml: string } | undefined
    // the library's own way to the reply rests on patterns that other servers' replies do not match
    this.#client._send = (text, id) => {
      built = { id: String(id), xml: text }
    }
    this.#client.rpc(content as object, (error) => {
      throw error
    })
    const { id, xml } = built!
    const filled = xml
      .slice(0, xml.lastIndexOf(MARK))
      .trimEnd()
      .replaceAll(new RegExp(`${this.#mark}(\\d+);`, 'g'), (_, index) => sources[Number(index)]!)
    const operation = /<rpc\s[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)/.exec(filled)?.[1] ?? 'rpc'
    return { id, xml: filled, operation }
  }

  /** Reads one message. Throws an Error whose message is the end of a sentence. */
  parse(text: string): Message {
    if (text.trim() === '') throw new Error('it is empty')
    const another = checkBounds(text)
    this.#root = undefined
    let failure: unknown
    let parsed: Record<string, XmlData> | undefined
    try {
      this.#client._parse(text, (error, message) => {
        failure ??= error
        parsed ??= message as Record<string, XmlData>
      })
    } catch (error) {
      failure ??= error
    }
    const kind = this.#root as Message['kind'] | undefined
    if (!failure && another) failure = new Error(`<${another}> follows its root element`)
    if (!failure && !text.trimEnd().endsWith('>')) failure = new Error('text follows its root element')
    if (failure || !parsed || !kind) throw new Error(reason(failure))
    const root = (parsed.rpc_reply ?? parsed.hello)!
    const attributes = isElement(root) ? root.$ : undefined
    const id = isElement(attributes) ? attributes['message-id'] : undefined
    return {
      kind,
      ...(typeof id === 'string' && { id }),
      data: tidy(root, ['message-id']),
    }
  }

  /** Throws NETCONF_XML where a source cannot stand inside an element. */
  #check(source: string, what = 'The configuration or filter'): void {
    const text = withoutDeclaration(source)
    try {
      this.parse(`<rpc-reply>${text}</rpc-reply>`)
    } catch (error) {
      throw errors.netconfXml(what, messageOf(error))
    }
  }

  /** XML source as something to send. `what` names it in NETCONF_XML. */
  source(text: string, what: string): Xml {
    this.#check(text, what)
    return { xml: withoutDeclaration(text).trim() }
  }

  #opened(qualified: string): string {
    const name = qualified.slice(qualified.indexOf(':') + 1)
    if (this.#root === undefined) {
      this.#root = name
      if (!ROOTS.includes(name)) throw new Error(`its root element is <${name}>`)
      // where the library looks for replies; it must not look for errors, which may be warnings
      return name === 'rpc-reply' ? 'rpc_reply' : 'hello'
    }
    if (INHERITED.has(name)) throw new Error(`it has an element <${name}>`)
    return name
  }
}

/** XML source without what begins a file. The number of lines stays. */
const withoutDeclaration = (source: string): string =>
  source.replace(/^\uFEFF?\s*<\?xml\s[^>]*\?>|^\uFEFF/, '')

/** XML source, such as a file's content, as something to send. Throws NETCONF_XML, with `what` and the line. */
export const readXml = async (text: string, what: string): Promise<Xml> =>
  (await Library.load()).source(text, what)

/** The parser's message in one line: what is wrong, and in which line. */
const reason = (failure: unknown): string => {
  const [what, line] = messageOf(failure).split('\n')
  const number = /^Line: (\d+)$/.exec(line ?? '')?.[1]
  const text = shortened(what!.replace(/^Error: /, ''))
  return number ? `${text} in line ${Number(number) + 1}` : text
}
