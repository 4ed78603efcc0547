import type { Report } from '../../build/events.ts'

/**
 * Looks, before anything is built, at one thing that a run needs at its end. Throws the error that the run would end
 * with; gives warnings of what does not stop it.
 */
export type Check = (signal: AbortSignal) => Promise<readonly string[]>

/** Runs checks side by side and reports their warnings. Of several errors, throws that of the first check. */
export const preflight = async (
  checks: readonly Check[],
  { report, signal }: { report: Report; signal: AbortSignal },
): Promise<void> => {
  const found = await Promise.allSettled(checks.map(async (check) => check(signal)))
  signal.throwIfAborted()
  for (const one of found) if (one.status === 'rejected') throw one.reason
  for (const one of found) {
    if (one.status === 'rejected') continue
    for (const text of one.value) report({ type: 'warn', text })
  }
}
