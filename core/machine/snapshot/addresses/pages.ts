import { open } from 'node:fs/promises'
import { FORMS, macBytes } from './forms.ts'
import type { Place } from './places.ts'
import { relocate } from './relocation.ts'
import { PAGE, type Page } from './stream.ts'

const LONGEST = Math.max(
  ...Object.values(FORMS).map(({ bytes }) => bytes(macBytes('52:54:00:00:00:00')).length),
)

/** The pages of memory that hold addresses, as they were saved, each with the places that touch it. */
export const readPages = async (
  memory: string,
  places: readonly Place[],
): Promise<{ page: Page; places: Place[] }[]> => {
  const byPage = new Map<number, Place[]>()
  for (const place of places) {
    const [at] = place
    for (let page = Math.floor(at / PAGE); page * PAGE < at + LONGEST; page++)
      byPage.set(page, [...(byPage.get(page) ?? []), place])
  }
  const file = await open(memory)
  try {
    const pages: { page: Page; places: Place[] }[] = []
    for (const [number, inside] of byPage) {
      const data = Buffer.alloc(PAGE)
      await file.read(data, 0, PAGE, number * PAGE)
      pages.push({ page: { offset: number * PAGE, data }, places: inside })
    }
    return pages
  } finally {
    await file.close()
  }
}

/** The pages with the machine's own addresses. */
export const relocatePages = (
  pages: readonly { page: Page; places: Place[] }[],
  macs: readonly string[],
): Page[] =>
  pages.map(({ page: { offset, data }, places }) => {
    const own = Buffer.from(data)
    relocate(own, offset, places, macs)
    return { offset, data: own }
  })
