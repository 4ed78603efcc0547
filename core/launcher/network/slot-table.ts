import { type Name, sortNames, splitName } from './family.ts'

/** What decides the slots beside the names that are found. */
export interface SlotRules {
  /** The interfaces in slot order; no others are used then. */
  names?: readonly string[]
  /** The interface of the first slot. */
  first?: string
}

/** An interface that got no slot. */
export interface Misfit {
  name: string
  /** The slot it would have had. */
  slot?: number
  /** Not among the image's names; before the first one; after the last one; another one is there. */
  reason: 'unnamed' | 'before' | 'beyond' | 'taken'
}

/** The names that came in one go and what became of them. */
export interface Placed {
  misfits: Misfit[]
  /** Families that were taken to begin at 1, though they may begin at 0. */
  guessed: string[]
}

interface Family {
  /** The number of its first interface. */
  base: number
  /** The last slot before it. */
  after: number
}

/** Which slot each interface has. A name keeps its slot, whether its interface is there or not. */
export class SlotTable {
  readonly #rules: SlotRules
  readonly #families = new Map<string, Family>()
  readonly #slots = new Map<string, number>()
  readonly #refused = new Set<string>()

  constructor(rules: SlotRules) {
    this.#rules = rules
  }

  /** The highest slot that a name has; 0 if none has one. */
  get highest(): number {
    return Math.max(0, ...this.#slots.values())
  }

  /** Names with their slots, in slot order. */
  get entries(): [string, number][] {
    return [...this.#slots].sort(([, a], [, b]) => a - b)
  }

  /** Gives slots up to `most` to those of the names that are new. */
  place(names: readonly string[], most: number): Placed {
    const fresh = names.filter((name) => !this.#slots.has(name) && !this.#refused.has(name))
    const placed: Placed = { misfits: [], guessed: [] }
    for (const name of sortNames(fresh, this.#rules.first)) {
      const slot = this.#slotFor(name, fresh, placed)
      const reason = this.#objection(slot, most)
      if (reason) {
        this.#refused.add(name.name)
        placed.misfits.push({ name: name.name, ...(slot !== undefined && { slot }), reason })
      } else this.#slots.set(name.name, slot!)
    }
    return placed
  }

  #slotFor({ name, family, number }: Name, fresh: readonly string[], placed: Placed): number | undefined {
    const { names } = this.#rules
    if (names) return names.includes(name) ? names.indexOf(name) + 1 : undefined
    if (number === undefined) return this.highest + 1
    let known = this.#families.get(family)
    if (!known) {
      known = { base: this.#base(family, fresh, placed), after: this.highest }
      this.#families.set(family, known)
    }
    return known.after + number - known.base + 1
  }

  #objection(slot: number | undefined, most: number): Misfit['reason'] | undefined {
    if (slot === undefined) return 'unnamed'
    if (slot < 1) return 'before'
    if (slot > most) return 'beyond'
    return [...this.#slots.values()].includes(slot) ? 'taken' : undefined
  }

  /** The number that a family begins with: `net` at 0, or at 1 as Multus numbers; others at 0 if it is there. */
  #base(family: string, fresh: readonly string[], placed: Placed): number {
    const first = this.#rules.first === undefined ? undefined : splitName(this.#rules.first)
    if (first?.family === family && first.number !== undefined) return first.number
    const has = (number: number) =>
      fresh.map(splitName).some((other) => other.family === family && other.number === number)
    if (has(0)) return 0
    if (family !== 'net') return 1
    if (!has(1)) return 0
    placed.guessed.push(family)
    return 1
  }
}
