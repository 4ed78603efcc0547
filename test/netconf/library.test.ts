import { beforeAll, describe, expect, test } from 'vitest'
import { Library } from '../../core/netconf/library.ts'
import { xml } from '../../core/netconf/xml.ts'

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
    ['</rpc-reply><x/><rpc-reply>', /root element is <x>/],
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

  test('that declares entities is not expanded, within itself or from files', () => {
    const bomb = `<!DOCTYPE r [<!ENTITY a "${'x'.repeat(100)}"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>`
    for (const entity of ['a', 'b', 'f'])
      expect(() => library.parse(`${bomb}<rpc-reply><v>&${entity};</v></rpc-reply>`)).toThrow(
        /Invalid character entity/,
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
