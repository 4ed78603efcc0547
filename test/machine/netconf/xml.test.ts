import { describe, expect, test } from 'vitest'
import { escapeXml, plain, xml } from '../../../core/machine/netconf/xml.ts'

describe('xml', () => {
  test('escapes texts in content and attributes', () => {
    const value = `a<b>&"c"'d'`
    expect(xml`<a b="${value}">${value}</a>`.xml).toBe(
      '<a b="a&lt;b&gt;&amp;&quot;c&quot;&apos;d&apos;">a&lt;b&gt;&amp;&quot;c&quot;&apos;d&apos;</a>',
    )
  })

  test('takes numbers, booleans, other xml and lists as they are', () => {
    const names = ['a', '<b>']
    expect(xml`<l>${names.map((name) => xml`<n>${name}</n>`)}${1}${false}${''}</l>`.xml).toBe(
      '<l><n>a</n><n>&lt;b&gt;</n>1false</l>',
    )
  })

  test('refuses what is not there, and says where', () => {
    const options: { address?: string } = {}
    expect(() => xml`<mtu>1500</mtu><address>${options.address as string}</address>`).toThrow(
      'the value after "<mtu>1500</mtu><address>" is undefined',
    )
    expect(() => xml`<a>${null as unknown as string}</a>`).toThrow(/is null/)
    expect(() => xml`<a>${{} as unknown as string}</a>`).toThrow(/is object/)
  })
})

test.each(['\u0000', '\u0008', '\u001b', '\uffff', '\ud800'])(
  '%j is a character that XML does not have',
  (one) => {
    expect(() => escapeXml(`a${one}b`)).toThrow(expect.objectContaining({ code: 'NETCONF_XML' }))
  },
)

test('tab, line breaks and characters beyond the first plane stay', () => {
  expect(escapeXml('\t\r\n😀')).toBe('\t\r\n😀')
})

describe('elements by name', () => {
  const place = (source: string) => `[${source}]`

  test('become plain data, with a place for each piece of xml', () => {
    expect(plain({ a: xml`<b/>`, c: [1, true, null], d: undefined, $: { e: 'f' } }, place)).toEqual({
      a: '[<b/>]',
      c: ['1', 'true', null],
      $: { e: 'f' },
    })
  })

  test.each(['a b', '1a', 'a>', '', '-a', 'a:b:c', 'x:'])('%j is no name', (name) => {
    expect(() => plain({ config: { [name]: '' } }, place)).toThrow(/in "config" is not XML/)
  })
})
