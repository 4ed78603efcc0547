import type { Link } from './link.ts'

/**
 * Milliseconds that an interface must keep its name while it is switched off. Whoever gives one to a container often
 * makes it under a passing name, renames it and switches it on last.
 */
const RIPE = 200

/** Tells interfaces that are ready to be used from those that are still being made. */
export class Ripeness {
  #seen = new Map<string, number>()

  /** The interfaces that are ready, and after how many milliseconds the next one may be. */
  sort(links: readonly Link[], now = performance.now()): { ripe: Link[]; next: number | undefined } {
    const age = new Map<Link, number>()
    const seen = new Map<string, number>()
    for (const link of links) {
      const key = `${link.index} ${link.name}`
      const since = this.#seen.get(key) ?? now
      seen.set(key, since)
      age.set(link, link.on ? RIPE : now - since)
    }
    this.#seen = seen
    const waits = [...age.values()].filter((ms) => ms < RIPE).map((ms) => RIPE - ms)
    return {
      ripe: links.filter((link) => age.get(link)! >= RIPE),
      next: waits.length > 0 ? Math.ceil(Math.min(...waits)) : undefined,
    }
  }
}
