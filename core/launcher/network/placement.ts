import { errors } from '../../errors/catalogue.ts'
import type { Link } from './link.ts'
import { type Misfit, type SlotRules, SlotTable } from './slot-table.ts'

/** The most slots of a machine. */
export const MOST_SLOTS = 32

const FIRST = 'ANTIDOTE_FIRST_INTERFACE'

/** Decides which interface belongs to which slot, and tells it. */
export class Placement {
  readonly #table: SlotTable
  readonly #rules: SlotRules
  readonly #say: (line: string) => void

  constructor(rules: SlotRules, say: (line: string) => void) {
    this.#rules = rules
    this.#table = new SlotTable(rules)
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
    const places = this.#table.entries.map(([name, slot]) => `${name} is slot ${slot}`)
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
    if (reason === 'unnamed') return `${name} is not used: the image uses ${this.#rules.names!.join(', ')}`
    if (reason === 'before')
      return `${name} is not used: it is before the first one; name the first in ${FIRST}`
    const [other] = this.#table.entries.find(([, taken]) => taken === slot)!
    return `${name} is not used: ${other} is slot ${slot} already; set ANTIDOTE_INTERFACES to have all waited for`
  }
}
