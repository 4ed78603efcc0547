import { isAntidoteError } from '../../base/errors/error.ts'
import type { RpcError } from '../../base/errors/netconf.ts'
import { shortened } from '../../base/text/printable.ts'
import { isElement, listOf, textOf } from './data.ts'
import type { XmlData } from './xml.ts'

/** `name value` pairs of whatever error-info holds. */
const infoOf = (data: XmlData | undefined): string => {
  if (data === undefined) return ''
  if (typeof data === 'string') return data.trim()
  if (!isElement(data)) return listOf(data).map(infoOf).filter(Boolean).join(', ')
  return Object.entries(data)
    .filter(([name]) => name !== '$')
    .flatMap(([name, value]) => listOf(value).map((one) => `${name} ${infoOf(one)}`.trim()))
    .join(', ')
}

/** Characters of what a device says about one error: a sentence for a person, however long the device makes it. */
const LONGEST = 2000

const oneLine = (text: string): string => shortened(text.replace(/\s+/g, ' ').trim(), LONGEST)

const read = (data: XmlData): RpcError => {
  const field = (name: string) => (isElement(data) ? oneLine(textOf(data[`error-${name}`])) : '')
  const tag = field('tag')
  return {
    type: field('type'),
    tag,
    severity: field('severity') === 'warning' ? 'warning' : 'error',
    appTag: field('app-tag'),
    path: field('path'),
    message: field('message') || tag || 'no reason given',
    info: isElement(data) ? oneLine(infoOf(data['error-info'])) : '',
  }
}

/** The rpc-errors of a reply; with `nested` also those inside of other elements. */
export const readRpcErrors = (data: XmlData | undefined, nested: boolean): RpcError[] => {
  if (data === undefined || typeof data === 'string') return []
  if (!isElement(data)) return listOf(data).flatMap((one) => readRpcErrors(one, nested))
  const { 'rpc-error': own, $: _attributes, ...others } = data
  const inside = nested ? Object.values(others).flatMap((one) => readRpcErrors(one, true)) : []
  return [...listOf(own).map(read), ...inside]
}

/** What a device said when it refused an rpc; empty for any other error. */
export const rpcErrorsOf = (error: unknown): readonly RpcError[] =>
  isAntidoteError(error) && error.code === 'NETCONF_RPC' ? (error.cause as RpcError[]) : []
