/**
 * A promise around listeners: `listen` adds them, calls `done` once, and gives the function that takes them
 * away again.
 */
export const untilEvent = <T>(
  listen: (done: (value: T | undefined) => void) => () => void,
): Promise<T | undefined> =>
  new Promise((resolve) => {
    let settled = false
    let stop: (() => void) | undefined
    stop = listen((value) => {
      if (settled) return
      settled = true
      stop?.()
      resolve(value)
    })
    if (settled) stop()
  })

/** Sleeps; ends early when the signal aborts. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) {
      resolve()
      return
    }
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end, { once: true })
  })
