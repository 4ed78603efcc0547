/** Clean-up in reverse order, whatever happens; a failing one does not stop the others. */
export class Cleanup {
  readonly #tasks: (() => void | Promise<void>)[] = []

  defer(task: () => void | Promise<void>): void {
    this.#tasks.push(task)
  }

  /** Runs everything once; gives what failed. */
  async run(): Promise<unknown[]> {
    const failures: unknown[] = []
    for (let task = this.#tasks.pop(); task; task = this.#tasks.pop()) {
      try {
        await task()
      } catch (error) {
        failures.push(error)
      }
    }
    return failures
  }
}
