import type { FormName } from './addresses/forms.ts'
import type { Place } from './addresses/places.ts'
import type { SnapshotRecord } from './record.ts'

/** How often an address stands somewhere in one form. */
export interface Count {
  /** Of the NIC, 0 for management; left out for an address that the guest made up. */
  slot?: number
  /** The address it was saved with. */
  address: string
  form: FormName
  memory: number
  state: number
}

/** One place of an address. */
export interface ShownPlace {
  in: 'memory' | 'state'
  offset: number
  slot?: number
  address: string
  form: FormName
}

const addressAt = ({ sentinels, others }: SnapshotRecord, index: number) => ({
  ...(index < sentinels.length && { slot: index }),
  address: [...sentinels, ...others][index]!,
})

/** The relocation table by slot and form, in the order of slots. */
export const countPlaces = (record: SnapshotRecord): Count[] => {
  const counts = new Map<string, Count & { index: number }>()
  const add = (where: 'memory' | 'state', [, index, form]: Place) => {
    const key = `${index} ${form}`
    const none = { index, ...addressAt(record, index), form, memory: 0, state: 0 }
    const count = counts.get(key) ?? none
    count[where]++
    counts.set(key, count)
  }
  for (const where of ['memory', 'state'] as const)
    for (const place of record[where].places) add(where, place)
  return [...counts.values()]
    .sort((a, b) => a.index - b.index || (a.form < b.form ? -1 : 1))
    .map(({ index: _, ...count }) => count)
}

/** The whole relocation table, memory first, by offset. */
export const listPlaces = (record: SnapshotRecord): ShownPlace[] =>
  (['memory', 'state'] as const).flatMap((where) =>
    record[where].places.map(([offset, index, form]) => ({
      in: where,
      offset,
      ...addressAt(record, index),
      form,
    })),
  )
