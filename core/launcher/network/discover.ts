import type { Link } from './link.ts'
import type { Ripeness } from './ripe.ts'
import type { LinkWatch } from './watch.ts'

/** Milliseconds between two looks where nothing was heard; the kernel may drop what it tells a slow listener. */
const LOOK_AGAIN = 1000

/** What waiting for interfaces needs. */
export interface Discovery {
  /** The data interfaces that are there already. */
  present: readonly Link[]
  /** Looks again. */
  list: () => Promise<Link[]>
  watch: Pick<LinkWatch, 'change'>
  ripeness: Ripeness
  /** How many to wait for; without it, until none has come for `settle` milliseconds. */
  interfaces?: number
  deadline: number
  settle: number
  say: (line: string) => void
  signal: AbortSignal
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Waits for the data interfaces as long as asked, and gives those that are there then. */
export const discover = async (parts: Discovery): Promise<Link[]> => {
  const { present, list, watch, ripeness, interfaces: wanted, deadline, settle, say, signal } = parts
  const start = performance.now()
  let changed = start
  let known: string | undefined
  let told = false
  let links = present
  for (;;) {
    signal.throwIfAborted()
    const now = performance.now()
    const { ripe, next } = ripeness.sort(links, now)
    const names = links.map(({ name, index }) => `${index} ${name}`).join()
    if (known !== undefined && names !== known) changed = now
    known = names
    const end = wanted === undefined ? changed + settle : start + deadline
    if (wanted === undefined ? next === undefined && now >= end : ripe.length >= wanted) return ripe
    if (wanted !== undefined && now >= end) {
      const seconds = Math.round(deadline / 1000)
      say(
        `${ripe.length} of ${plural(wanted, 'data interface')} came within ${seconds} s; it starts without the others`,
      )
      return ripe
    }
    if (!told && wanted !== undefined)
      say(`waiting for ${plural(wanted, 'data interface')}; there are ${ripe.length}`)
    told = true
    await watch.change(
      Math.max(1, Math.min(LOOK_AGAIN, next ?? LOOK_AGAIN, end > now ? end - now : LOOK_AGAIN)),
      signal,
    )
    links = await list()
  }
}
