import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type ChangeOptions,
  type NetconfSession,
  readRegular,
  readXml,
  type Step,
  type XmlSource,
} from 'antidote'
import type { Change, Template } from './options.ts'
import { fill } from './template.ts'

/** Opens a session with a device, within so many seconds if they are given. */
export type Open = (seconds?: number) => Promise<NetconfSession>

/** Where a ready configuration is. */
const pathOf = (template: Template): string =>
  fileURLToPath(new URL(`./templates/${template}.xml`, import.meta.url))

interface Ready {
  what: string
  config: XmlSource
  options: ChangeOptions
}

/** What a change sends, checked before any device is reached. */
const ready = async (change: Change, step: Step, index: number): Promise<Ready> => {
  const { file, template, config, values, confirm, ...options } = change
  // what the templates of Junos replace is marked in them
  if (template?.startsWith('junos-')) options.action ??= 'replace'
  const { format = 'xml' } = options
  const what = file ?? template ?? `The configuration ${index + 1}`
  for (const value of Object.values(values ?? {})) if (typeof value === 'object') step.mask(value)
  if (typeof config === 'object') return { what, config, options: { ...options, ...confirmed(confirm) } }
  const path = template === undefined ? file && resolve(step.directory, file) : pathOf(template)
  const source = path === undefined ? config! : readRegular(path).content.toString()
  const text = fill(source, values, format, what)
  return {
    what,
    config: format === 'xml' ? await readXml(text, what) : text,
    options: { ...options, ...confirmed(confirm) },
  }
}

const confirmed = (timeout: number | undefined): Pick<ChangeOptions, 'confirm'> =>
  timeout === undefined ? {} : { confirm: { timeout } }

/** Makes changes in order, in one session; each is whole or not at all. */
export const makeChanges = async (changes: readonly Change[], step: Step, open: Open): Promise<void> => {
  const all = await Promise.all(changes.map((change, index) => ready(change, step, index)))
  const session = await open()
  try {
    for (const { what, config, options } of all) {
      const check = async () => {
        // that this session still works does not show that another can begin
        const other = await open(options.confirm!.timeout / 2)
        await other.close()
      }
      const warnings = await session.change(config, {
        ...options,
        ...(options.confirm && { confirm: { ...options.confirm, check } }),
      })
      for (const { message, path } of warnings) step.log.warn(`${what}: ${message}${path && ` at ${path}`}`)
      step.log.info(`${what}: committed by ${session.where}`)
    }
  } finally {
    await session.close()
  }
}
