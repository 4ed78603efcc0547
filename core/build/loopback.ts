import { readFileSync } from 'node:fs'
import type { Image } from '../contract/config/image.ts'
import { buildStages } from '../contract/plugin/stages.ts'
import { hostMirror } from '../store/toolbox/mirror.ts'
import type { Plan, PlannedNeed, PlannedStep } from './plan.ts'

/** Ports of addresses that name none. */
const USUAL: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21 }

/** An address with its scheme, its host and its port. */
const ADDRESS = /\b([a-z][a-z\d+.-]*):\/\/(?:[^\s/@"'\\]*@)?(\[[\da-f:.]+\]|[^\s/:"'\\]+)(?::(\d{1,5}))?/gi

/** Names that lead to the loopback of a host, by its table. */
export const loopbackNames = (table: string): Set<string> =>
  new Set(
    table.split('\n').flatMap((line) => {
      const [address = '', ...names] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/)
      return /^(?:127\.|::1$)/.test(address) ? names : []
    }),
  )

/** The ports in a text's addresses of the loopback: by number, as localhost, or by one of these names. */
export const loopbackPorts = (text: string, names: ReadonlySet<string> = new Set()): number[] =>
  [...text.matchAll(ADDRESS)].flatMap(([, scheme, given, number]) => {
    const host = given!.toLowerCase().replace(/\.$/, '')
    const local = /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost)$/.test(host) || names.has(host)
    const port = number ? Number(number) : USUAL[scheme!.toLowerCase()]
    return local && port && port < 65536 ? [port] : []
  })

/** What a step and everything that it needs is given. */
const inputsOf = (planned: PlannedStep | PlannedNeed): string[] => [
  JSON.stringify(planned.described.inputs),
  ...Object.values(planned.needs).flatMap(inputsOf),
]

/** The addresses of proxies in the environment. */
const proxies = (): string[] =>
  Object.entries(process.env)
    .filter(([name, value]) => /^https?_proxy$/i.test(name) && value)
    .map(([, value]) => (value!.includes('://') ? value! : `http://${value}`))

const hostTable = (): string => {
  try {
    return readFileSync('/etc/hosts', 'utf8')
  } catch {
    return ''
  }
}

/**
 * The TCP ports of this host's loopback that the steps of an image reach: those that its config lists, and those in what is
 * there by address: inputs of its steps, the host's mirror, proxies.
 */
export const reachedPorts = (image: Image, plan: Plan): number[] => {
  const names = loopbackNames(hostTable())
  const { main = '', security = '' } = hostMirror() ?? {}
  const texts = [
    main,
    security,
    ...proxies(),
    ...buildStages.flatMap((stage) => plan[stage].flatMap(inputsOf)),
  ]
  const named = texts.flatMap((text) => loopbackPorts(text, names))
  return [...new Set([...image.config.loopback, ...named])].sort((a, b) => a - b)
}
