import { errors } from '../../base/errors/catalogue.ts'
import type { Link } from './link.ts'
import { type Selector, shown } from './selector.ts'
import { type Misfit, SlotTable } from './slot-table.ts'

/** The most slots of a machine. */
export const MOST_SLOTS = 32

const FIRST = 'ANTIDOTE_FIRST_INTERFACE'

/** What decides the slots beside what is found. */
export interface PlacementRules {
  /** The interfaces in slot order; no others are used then. */
  order?: readonly Selector[]
  /** Name of the interface of the first slot. */
  first?: string
}

/** Decides which interface belongs to which slot, and tells it. */
export class Placement {
  readonly #table: SlotTable
  readonly #order: readonly Selector[] | undefined
  /** By slot, the names of those that were found; what is not there yet has the text by which it is asked for. */
  readonly #names: string[] | undefined
  readonly #say: (line: string) => void

  constructor({ order, first }: PlacementRules, say: (line: string) => void) {
    this.#order = order
    this.#names = order?.map(({ text }) => text)
    this.#table = new SlotTable({ ...(this.#names && { names: this.#names }), ...(first && { first }) })
    this.#say = say
  }

  /** The highest slot with an interface. */
  get highest(): number {
    return this.#table.highest
  }

  /** Places the interfaces that are there before the machine starts. Throws NETWORK_SLOTS. */
  start(links: readonly Link[]): void {
    const misfits = this.#place(links, MOST_SLOTS)
    const beyond = misfits.find(({ reason }) => reason === 'beyond')
    if (beyond)
      throw errors.networkSlots(`The interface ${beyond.name} is that of slot ${beyond.slot}`, MOST_SLOTS)
    for (const misfit of misfits) this.#say(this.#explain(misfit))
    const found = new Map(links.map((link) => [link.name, link]))
    const places = this.#table.entries.map(([name, slot]) => `${shown(found.get(name)!)} is slot ${slot}`)
    if (places.length > 0) this.#say(places.join(', '))
  }

  /** Places interfaces that came later into the slots of the running machine. */
  late(links: readonly Link[], slots: number): void {
    for (const misfit of this.#place(links, slots)) {
      this.#say(
        misfit.reason === 'beyond'
          ? `${misfit.name} came too late to be slot ${misfit.slot}: the machine has ${slots}; set ANTIDOTE_INTERFACES to the number to wait for`
          : this.#explain(misfit),
      )
    }
  }

  /** The interfaces by slot. */
  located(links: readonly Link[]): Map<number, Link> {
    const slots = new Map(this.#table.entries)
    return new Map(links.filter(({ name }) => slots.has(name)).map((link) => [slots.get(link.name)!, link]))
  }

  #place(links: readonly Link[], most: number): Misfit[] {
    this.#order?.forEach((selector, index) => {
      if (this.#names![index] !== selector.text) return
      const found = links.find((link) => selector.matches(link) && !this.#names!.includes(link.name))
      if (found) this.#names![index] = found.name
    })
    const { misfits, guessed } = this.#table.place(
      links.map(({ name }) => name),
      most,
    )
    for (const family of guessed) {
      this.#say(
        `${family}1 is taken for the first, because there is no ${family}0; if it is not, name the first in ${FIRST}`,
      )
    }
    return misfits
  }

  #explain({ name, slot, reason }: Misfit): string {
    if (reason === 'unnamed')
      return `${name} is not used: the machine uses ${this.#order!.map(({ text }) => text).join(', ')}`
    if (reason === 'before')
      return `${name} is not used: it is before the first one; name the first in ${FIRST}`
    const [other] = this.#table.entries.find(([, taken]) => taken === slot)!
    return `${name} is not used: ${other} is slot ${slot} already; set ANTIDOTE_INTERFACES to have all waited for`
  }
}
