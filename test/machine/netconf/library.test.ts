import { beforeAll, describe, expect, test } from 'vitest'
import { Library } from '../../../core/machine/netconf/library.ts'
import { xml } from '../../../core/machine/netconf/xml.ts'

let library: Library
beforeAll(async () => {
  library = await Library.load()
})

const dense = (text: string) => text.replace(/>\s+</g, '><')

describe('a request', () => {
  test('has an id of its own and the name of its operation', () => {
    const [one, two] = [library.request('get'), library.request('get')]
    expect(Number(two.id)).toBe(Number(one.id) + 1)
    expect(one.operation).toBe('get')
    expect(dense(one.xml)).toContain(
      `<rpc message-id="${one.id}" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><get/></rpc>`,
    )
    expect(one.xml).not.toContain(']]>]]>')
  })

  test('is made of elements by name, attributes, lists and xml as it is', () => {
    const body = {
      'edit-config': {
        target: { candidate: null },
        config: xml`<a>${'<'}</a>`,
        list: { $: { k: '"' }, item: ['1 & 2', xml`<b/>`] },
      },
    }
    const { xml: text, operation } = library.request(body)
    expect(operation).toBe('edit-config')
    expect(dense(text)).toContain(
      '<target><candidate/></target><config><a>&lt;</a></config><list k="&quot;"><item>1 &amp; 2</item><item><b/></item></list>',
    )
  })

  test('may be xml as a whole, from a template or as text', () => {
    for (const body of [
      xml`<command format="text">show</command>`,
      ' <command format="text">show</command>',
    ]) {
      const { xml: text, operation } = library.request(body)
      expect(operation).toBe('command')
      expect(text).toContain('<command format="text">show</command></rpc>')
    }
  })

  test('does not take a pattern in a text for one of its own', () => {
    expect(library.request({ a: xml`<b>$$ $1 xml-0;</b>` }).xml).toContain('<b>$$ $1 xml-0;</b>')
  })

  test('takes what begins a file for what it is', () => {
    const { xml: text } = library.request({ config: { xml: '\uFEFF\n<?xml version="1.0"?>\n<a/>' } })
    expect(dense(text)).toContain('<config><a/></config>')
    expect(text.match(/<\?xml/g)).toHaveLength(1)
  })

  test.each([
    ['<a>', /Unexpected close tag/],
    ['</config></edit-config><kill-session/>', /Unexpected close tag/],
    ['</rpc-reply><x/><rpc-reply>', /<x> follows its root element/],
    ['<!DOCTYPE a><a/>', /has no DOCTYPE/],
    ['a & b', /Invalid character/],
  ])('is not made of %j', (source, message) => {
    expect(() => library.request({ config: { xml: source } })).toThrow(message)
  })

  test('is refused where a text holds what XML cannot', () => {
    expect(() => library.request({ a: '\u0001' })).toThrow(/U\+0001/)
    expect(() => library.request('get config')).toThrow(/not the name of an element/)
  })
})

describe('a message', () => {
  test('is read without prefixes and declarations of namespaces', () => {
    const text = `<?xml version="1.0"?><nc:rpc-reply xmlns:nc="urn:n"\n message-id='x:1'>
      <nc:data xmlns="urn:d"><a> 007 </a><l k="v">1</l><l>2</l><e/><i xmlns:p="q">p:x</i></nc:data></nc:rpc-reply>`
    expect(library.parse(text)).toEqual({
      kind: 'rpc-reply',
      id: 'x:1',
      data: { data: { a: ' 007 ', l: [{ $: { k: 'v' }, _: '1' }, '2'], e: '', i: 'p:x' } },
    })
  })

  test('may come after a comment, and have CDATA', () => {
    expect(
      library.parse('<!-- no zombies --><rpc-reply message-id="1"><o><![CDATA[<a> & b]]></o></rpc-reply>'),
    ).toEqual({
      kind: 'rpc-reply',
      id: '1',
      data: { o: '<a> & b' },
    })
  })

  test.each(['hello', 'notification'] as const)('is a %s', (kind) => {
    expect(library.parse(`<${kind}><a>1</a></${kind}>`)).toEqual({ kind, data: { a: '1' } })
  })

  test.each([
    ['', /it is empty/],
    ['  \n', /it is empty/],
    ['text', /line 1/],
    ['<rpc-reply><a></b></rpc-reply>', /Unexpected close tag in line 1/],
    ['<rpc-reply>\n<a>\n</rpc-reply>', /Unexpected close tag in line 3/],
    ['<rpc-reply><a>', /Unclosed root tag/],
    ['<html/>', /its root element is <html>/],
    ['<rpc-reply/><rpc-reply/>', /<rpc-reply> follows its root element/],
    ['<rpc-reply/><x/>', /<x>/],
    ['<rpc-reply/>text', /text follows its root element/],
    ['<rpc-reply a=1/>', /Unquoted attribute/],
    ['<rpc-reply>&lol;</rpc-reply>', /Invalid character entity/],
    ['<rpc-reply><__proto__><x>1</x></__proto__></rpc-reply>', /<__proto__>/],
    ['<rpc-reply><constructor/></rpc-reply>', /<constructor>/],
    ['<hasOwnProperty/>', /root element/],
  ])('%j is refused', (text, message) => {
    expect(() => library.parse(text)).toThrow(message)
    // and leaves nothing behind
    expect(library.parse('<rpc-reply message-id="1"><ok/></rpc-reply>').data).toEqual({ ok: '' })
  })

  test('that declares entities is refused, within itself or from files', () => {
    const bomb = `<!DOCTYPE r [<!ENTITY a "${'x'.repeat(100)}"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>`
    for (const entity of ['a', 'b', 'f'])
      expect(() => library.parse(`${bomb}<rpc-reply><v>&${entity};</v></rpc-reply>`)).toThrow(
        /has no DOCTYPE/,
      )
  })

  test('that is nested without end is refused before it fills the memory', () => {
    const deep = (levels: number) => `<rpc-reply>${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}</rpc-reply>`
    expect(library.parse(deep(400)).kind).toBe('rpc-reply')
    expect(() => library.parse(deep(501))).toThrow(/more than 500 deep/)
    expect(() => library.parse(`<rpc-reply>${'<a>'.repeat(5_000_000)}`)).toThrow(/more than 500 deep/)
  })

  test('leaves no trace in the objects of others', () => {
    expect(() => library.parse('<rpc-reply __proto__="x"><a __proto__="y">1</a></rpc-reply>')).not.toThrow()
    expect(({} as Record<string, unknown>).x).toBeUndefined()
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
  })
})

const MIB = 1024 * 1024
const filled = (text: string) => text.repeat(Math.ceil(MIB / text.length))
const nested = (name: string, levels: number, content: string) =>
  `${`<${name}>`.repeat(levels)}${content}${`</${name}>`.repeat(levels)}`
const counted = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join('')

// what is read in more than one pass takes minutes: the limit of the test is what fails then
describe.each<[string, string]>([
  ['elements in 490 others with long names', nested('n'.repeat(1000), 490, filled('<a/>'))],
  ['elements in 490 others', nested('n', 490, filled('<a/>'))],
  ['elements with names of their own', counted(80_000, (index) => `<a${index}/>`)],
  ['attributes with names of their own', `<a ${counted(80_000, (index) => `a${index}="" `)}/>`],
  ['attributes with one name', `<a ${filled('a="" ')}/>`],
  ['tags that do not end', filled('<a ')],
  ['values that do not end', filled('<a b="')],
  ['ends without beginnings', nested('n', 490, filled('</b>'))],
  ['comments', filled('<!---->')],
  ['comments that do not end', filled('<!--')],
  ['sections that do not end', filled('<![CDATA[')],
  ['instructions that do not end', filled('<?')],
  ['a name without an end', `<${filled('a')}`],
  ['blanks and text', `${filled(' ')}x`],
  ['text and elements in turn', filled('x<a/>')],
  ['entities', filled('&amp;')],
])('1 MB of the worst: %s', (_, content) => {
  test('is read, or refused, in one pass', { timeout: 20_000 }, () => {
    const read = () => library.parse(`<rpc-reply message-id="1">${content}</rpc-reply>`)
    try {
      expect(read().id).toBe('1')
    } catch (error) {
      expect((error as Error).message).toMatch(/line|buffer|follows|Unclosed/i)
    }
  })
})

test('more elements and attributes than memory is there for are refused before they are read', () => {
  const message = (content: string) => `<rpc-reply>${content.repeat(500_001)}</rpc-reply>`
  for (const content of ['<a/><b></b>', '<a b=""/>', "<a b='>'/>"])
    expect(() => library.parse(message(content))).toThrow(/more than 1000000 elements and attributes/)
})

test('a text of 1 MB of blanks is sent as it is', { timeout: 20_000 }, () => {
  expect(library.request({ load: `a${filled(' ')}b` }).xml).toContain(`a${filled(' ')}b`)
})
