import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type ChangeOptions, type NetconfSession, readXml, type Step, type XmlSource } from 'antidote'
import type { Change } from './options.ts'
import { fill } from './template.ts'

/** Opens a session with a device, within so many seconds if they are given. */
export type Open = (seconds?: number) => Promise<NetconfSession>

interface Ready {
  what: string
  config: XmlSource
  options: ChangeOptions
}

/** What a change sends, checked before any device is reached. */
const ready = async (change: Change, step: Step, index: number): Promise<Ready> => {
  const { file, config, values, confirm, ...options } = change
  const { format = 'xml' } = options
  const what = file ?? `The configuration ${index + 1}`
  for (const value of Object.values(values ?? {})) if (typeof value === 'object') step.mask(value)
  if (typeof config === 'object') return { what, config, options: { ...options, ...confirmed(confirm) } }
  const source = file === undefined ? config! : await readFile(resolve(step.directory, file), 'utf8')
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
