import { pause } from '../../base/async/wait.ts'
import { messageOf } from '../../base/errors/error.ts'
import type { Slot } from './slot.ts'
import type { LinkWatch } from './watch.ts'

/** Sets the link of a NIC of the guest. */
export type Tell = (slot: number, up: boolean) => Promise<void>

/** Milliseconds in which several changes count as one: an interface that is made changes a few times. */
const TOGETHER = 20

/** Milliseconds between two looks where nothing was heard: the kernel drops what a slow listener does not take. */
const LOOK_AGAIN = 10_000

/** What following the interfaces needs. */
export interface Following {
  watch: LinkWatch
  slots: readonly Slot[]
  /** Looks at the interfaces and does what they ask for; gives after how many milliseconds to look again. */
  reconcile: () => Promise<number | undefined>
  say: (line: string) => void
}

/** Keeps taps, and the guest's links, as the interfaces are, one look after the other, until it is stopped. */
export class Follower {
  readonly #parts: Following
  readonly #stop = new AbortController()
  /** A guest that does not answer any more must not hold up the end. */
  readonly #stopped = new Promise<void>((resolve) => {
    this.#stop.signal.addEventListener('abort', () => resolve())
  })
  readonly #told = new Map<number, boolean>()
  readonly #running: Promise<void>
  #tell: Tell | undefined
  #trouble: string | undefined

  constructor(parts: Following) {
    this.#parts = parts
    this.#running = this.#run()
  }

  /** Tells every link from here on, its present state first. */
  follow(tell: Tell): void {
    this.#tell = tell
    this.#told.clear()
    this.#parts.watch.poke()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { watch, reconcile, say } = this.#parts
    const { signal } = this.#stop
    let next: number | undefined
    while (!signal.aborted) {
      await watch.change(next ?? LOOK_AGAIN, signal)
      await pause(TOGETHER, signal)
      if (signal.aborted) return
      try {
        next = await reconcile()
        await this.#tellAll()
        this.#trouble = undefined
      } catch (error) {
        // what is not right now is tried again with the next look
        if (this.#trouble !== messageOf(error) && !signal.aborted) say(messageOf(error))
        this.#trouble = messageOf(error)
      }
    }
  }

  async #tellAll(): Promise<void> {
    for (const { slot, up } of this.#parts.slots) {
      if (!this.#tell || this.#told.get(slot) === up) continue
      await Promise.race([this.#tell(slot, up), this.#stopped])
      this.#told.set(slot, up)
    }
  }
}
