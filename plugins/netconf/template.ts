import { AntidoteError, escapeXml, reveal, type Secret } from 'antidote'

/** A name in double braces. */
const PLACE = /\{\{\s*([\w.-]+)\s*\}\}/g

/**
 * A text with `{{name}}` replaced: escaped in XML, as it is in other formats, where a value with a line break is
 * refused. Throws NETCONF_TEMPLATE for a name without a value.
 */
export const fill = (
  text: string,
  values: Readonly<Record<string, string | number | boolean | Secret>> | undefined,
  format: 'xml' | 'text' | 'set',
  what: string,
): string => {
  if (!values) return text
  return text.replace(PLACE, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined)
      throw new AntidoteError(
        'NETCONF_TEMPLATE',
        `${what} has "{{${name}}}", and there is no value for it.`,
        {
          exitCode: 2,
          hint: `The values are ${Object.keys(values).join(', ') || 'none'}.`,
        },
      )
    const plain = typeof value === 'object' ? reveal(value) : String(value)
    if (format === 'xml') return escapeXml(plain)
    if (/[\r\n]/.test(plain))
      throw new AntidoteError('NETCONF_TEMPLATE', `The value "${name}" for ${what} has a line break.`, {
        exitCode: 2,
        hint: 'It would begin another statement.',
      })
    return plain
  })
}
