import type { Step } from '../contract/plugin/step.ts'

const settle = async (running: ReadonlySet<Promise<unknown>>): Promise<unknown[]> => {
  const ended = await Promise.allSettled(running)
  return ended.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
}

/** A step whose work is followed while it runs. */
const follow = (step: Step, running: Set<Promise<unknown>>): Step => {
  const followed =
    <A extends unknown[], T>(begin: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> => {
      const work = begin(...args).finally(() => running.delete(work))
      running.add(work)
      return work
    }
  return {
    ...step,
    run: followed(step.run),
    download: followed(step.download),
    edit: followed(step.edit) as Step['edit'],
    boot: followed(step.boot),
    shutdown: followed(step.shutdown),
    visit: followed(step.visit) as Step['visit'],
  }
}

/**
 * Calls a tap. What it began and did not wait for has ended when this has: its files are about to be sealed or taken
 * away. Throws what the tap throws, else the first failure of what it left running.
 */
export const callWhole = async <T>(step: Step, call: (step: Step) => T | Promise<T>): Promise<T> => {
  const running = new Set<Promise<unknown>>()
  let result: T
  try {
    result = await call(follow(step, running))
  } catch (error) {
    await settle(running)
    throw error
  }
  const [failure] = await settle(running)
  if (failure) throw failure
  return result
}
