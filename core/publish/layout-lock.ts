import { sha256 } from '../base/files/digest.ts'
import type { Report } from '../build/events.ts'
import type { Store } from '../store/store.ts'

/** Does something while no other process writes the same layout. */
export const alone = async <T>(
  store: Store,
  directory: string,
  { report, signal }: { report: Report; signal: AbortSignal },
  act: () => Promise<T>,
): Promise<T> => {
  const onWait = () => report({ type: 'info', text: `Another build writes ${directory}; waiting for it.` })
  const lock = await store.lock(`layout-${sha256(directory).slice(0, 32)}`, { signal, onWait })
  try {
    return await act()
  } finally {
    await lock?.release()
  }
}
