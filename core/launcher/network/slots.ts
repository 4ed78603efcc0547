import { batch } from './batch.ts'
import type { Command } from './command.ts'
import { claim, makeTap, part, redirect, release, removeLink, setMtu, tapMtu } from './join.ts'
import { keepsMac, type Link } from './link.ts'
import { isVanished, missingFilters, type Refusal, refused } from './refusal.ts'
import { type Entry, emptySlots, type Slot, type SlotParts } from './slot.ts'

/** An interface that was changed for a slot. */
interface Joint {
  /** As it was before. */
  link: Link
  /** Whether frames pass both ways. */
  whole: boolean
}

/** The taps of a machine, and their joints with the container's interfaces. */
export class JoinedSlots {
  readonly #parts: SlotParts
  readonly #entries: Entry[]
  readonly #joints = new Map<Entry, Joint>()
  /** What was said of a slot last, so that it is said once. */
  readonly #troubles = new Map<Entry, string>()

  constructor(parts: SlotParts, count: number) {
    this.#parts = parts
    this.#entries = emptySlots(count)
  }

  get slots(): readonly Slot[] {
    return this.#entries
  }

  /** Makes every tap and joins the interfaces that are there. Throws what the first one cannot be joined for. */
  async open(found: ReadonlyMap<number, Link>): Promise<void> {
    const { ownMacs, say } = this.#parts
    const keeping = [...found.values()].filter(keepsMac).map(({ name }) => name)
    if (keeping.length > 0 && !ownMacs)
      say(`the guest gets the MAC address of ${keeping.join(', ')}, which only takes frames for its own`)
    const taps = this.#ready(this.#entries, found)
    const present = this.#entries.filter(({ slot }) => found.has(slot))
    const failures = await this.#join(taps, present, found)
    const worst = failures.find((refusal) => !isVanished(refusal))
    if (worst) throw refused(worst)
  }

  /** Adds slots up to a number; they are joined by the next `follow`. */
  async grow(count: number, found: ReadonlyMap<number, Link>): Promise<void> {
    const fresh = emptySlots(count).slice(this.#entries.length)
    const refusals = await batch(this.#parts.tools, 'ip', this.#ready(fresh, found))
    const [worst] = refusals
    if (worst) throw refused(worst)
    this.#entries.push(...fresh)
  }

  /** Gives slots that no NIC has yet the addresses and MTUs of their interfaces, and the commands that make their taps. */
  #ready(entries: readonly Entry[], found: ReadonlyMap<number, Link>): Command[] {
    const { uid, ipv6, ownMacs } = this.#parts
    for (const entry of entries) {
      const link = found.get(entry.slot)
      if (link && (ownMacs || keepsMac(link))) entry.mac = link.mac
      if (link) entry.mtu = tapMtu(link.mtu)
    }
    return entries.flatMap(({ tap, mtu }) => makeTap(tap, uid, mtu, ipv6))
  }

  /** Makes the joints as the interfaces are now. */
  async follow(found: ReadonlyMap<number, Link>, all: readonly Link[]): Promise<void> {
    const gone: Entry[] = []
    const come: Entry[] = []
    const settings: Command[] = []
    for (const entry of this.#entries) {
      const link = found.get(entry.slot)
      const joint = this.#joints.get(entry)
      if (joint && joint.link.index !== link?.index) gone.push(entry)
      if (!link) continue
      if (joint?.link.index !== link.index) settings.push(...this.#keepMac(entry, link))
      if (joint?.link.index !== link.index || !joint.whole) come.push(entry)
      if (entry.mtu === tapMtu(link.mtu)) continue
      entry.mtu = tapMtu(link.mtu)
      settings.push(setMtu(entry.tap, entry.mtu))
    }
    await this.#part(gone, all)
    for (const refusal of await this.#join(settings, come, found)) this.#report(refusal, found)
    for (const entry of this.#entries) {
      entry.up = this.#joints.get(entry)?.whole === true && found.get(entry.slot)?.carrier === true
    }
  }

  /** Removes the taps and gives the interfaces back. */
  async close(): Promise<void> {
    const { tools } = this.#parts
    const links = [...this.#joints.values()].map(({ link }) => link)
    const taps = this.#entries.map(({ tap }) => removeLink(tap))
    await batch(
      tools,
      'tc',
      links.map(({ name }) => part(name)),
    )
    await batch(tools, 'ip', [...taps, ...links.map(release)])
    this.#joints.clear()
  }

  /** What makes an interface fit the MAC address that the guest already has. */
  #keepMac({ mac, slot }: Entry, link: Link): Command[] {
    if (mac && mac !== link.mac)
      return [{ argv: ['link', 'set', 'dev', link.name, 'address', mac], subject: link.name }]
    if (!mac && keepsMac(link))
      this.#parts.say(
        `${link.name} came after the start and only takes frames for ${link.mac}: set that on the guest's interface in slot ${slot}`,
      )
    return []
  }

  #report(refusal: Refusal, found: ReadonlyMap<number, Link>): void {
    const { reason, command } = refusal
    const { subject } = command
    const entry = this.#entries.find(({ tap, slot }) => subject === tap || subject === found.get(slot)?.name)!
    // one that went away is seen to be gone with the next look
    if (this.#troubles.get(entry) === reason || isVanished(refusal)) return
    this.#troubles.set(entry, reason)
    this.#parts.say(`${subject} cannot be joined to slot ${entry.slot}: ${reason}`)
  }

  /** Runs the settings, then joins; gives what was refused. */
  async #join(settings: Command[], entries: Entry[], found: ReadonlyMap<number, Link>): Promise<Refusal[]> {
    const { tools } = this.#parts
    const pairs = entries.map((entry) => ({ entry, link: found.get(entry.slot)! }))
    for (const { entry, link } of pairs) {
      if (!this.#joints.has(entry)) this.#joints.set(entry, { link, whole: false })
    }
    const unset = await batch(tools, 'ip', [...settings, ...pairs.flatMap(({ link }) => claim(link))])
    const filters = pairs.flatMap(({ entry, link }) => [
      ...redirect(link.name, entry.tap),
      ...redirect(entry.tap, link.name),
    ])
    const unfiltered = missingFilters(await batch(tools, 'tc', filters))
    for (const { entry, link } of pairs) {
      if (unfiltered.some(({ command: { subject } }) => subject === link.name || subject === entry.tap))
        continue
      this.#joints.get(entry)!.whole = true
      this.#troubles.delete(entry)
      entry.interface = link.name
      entry.up = link.carrier
      // by now it may have none any more
      const { addresses } = this.#joints.get(entry)!.link
      if (addresses) entry.addresses = addresses
      else delete entry.addresses
    }
    return [...unset, ...unfiltered]
  }

  async #part(entries: Entry[], all: readonly Link[]): Promise<void> {
    const commands = entries.flatMap((entry) => {
      // renamed, it must not lead to the guest any more
      const still = all.find(({ index }) => index === this.#joints.get(entry)!.link.index)
      return [part(entry.tap), ...(still ? [part(still.name)] : [])]
    })
    await batch(this.#parts.tools, 'tc', commands)
    for (const entry of entries) {
      this.#joints.delete(entry)
      delete entry.interface
      delete entry.addresses
    }
  }
}
