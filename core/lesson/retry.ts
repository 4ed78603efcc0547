import { pause } from '../base/async/wait.ts'
import { isAntidoteError } from '../base/errors/error.ts'

/** How often, and for how long. */
export interface Patience {
  /** Attempts after the first. */
  retries: number
  /** Milliseconds before the first of them; each further one waits twice as long. */
  pause: number
  signal: AbortSignal
  /** Told of each attempt that failed and is followed by another. */
  onRetry(error: unknown): void
}

/** Tries again what failed with an error that may pass by itself, and nothing else. */
export const persistently = async <T>(attempt: () => Promise<T>, patience: Patience): Promise<T> => {
  const { retries, signal, onRetry } = patience
  for (let failed = 0; ; failed++) {
    try {
      return await attempt()
    } catch (error) {
      if (signal.aborted || failed === retries || !isAntidoteError(error) || !error.details.passing)
        throw error
      onRetry(error)
      await pause(patience.pause * 2 ** failed, signal)
      signal.throwIfAborted()
    }
  }
}
