import { untilEvent } from '../../base/async/wait.ts'
import { errors } from '../../base/errors/catalogue.ts'
import type { Qmp, QmpEvent } from '../qemu/qmp.ts'

/** What a saved state and its memory are told apart by: shared memory in a file is left out of the state. */
const CAPABILITIES = {
  capabilities: ['x-ignore-shared', 'events'].map((capability) => ({ capability, state: true })),
}

/** Readies QEMU for a state without its memory, on either side. */
export const leaveMemoryOut = async (qmp: Qmp): Promise<void> => {
  await qmp.execute('migrate-set-capabilities', CAPABILITIES)
}

/** How a migration ends; undefined if QEMU does or the signal aborts. Several events may come at once. */
const migrationEnd = (qmp: Qmp, signal: AbortSignal): Promise<'completed' | 'failed' | undefined> =>
  untilEvent((done) => {
    const onEvent = ({ event, data: { status } }: QmpEvent) => {
      if (event === 'MIGRATION' && (status === 'completed' || status === 'failed')) done(status)
    }
    const onEnd = () => done(undefined)
    qmp.on('event', onEvent).once('close', onEnd)
    signal.addEventListener('abort', onEnd, { once: true })
    if (signal.aborted) onEnd()
    return () => {
      qmp.off('event', onEvent).off('close', onEnd)
      signal.removeEventListener('abort', onEnd)
    }
  })

/**
 * Runs a migration command and waits until it is done. Throws QMP_FAILED with QEMU's reason, or when QEMU ends, as it
 * does with a state that it cannot load.
 */
export const migrate = async (
  qmp: Qmp,
  command: 'migrate' | 'migrate-incoming',
  file: string,
  signal: AbortSignal,
): Promise<void> => {
  const over = new AbortController()
  const end = migrationEnd(qmp, AbortSignal.any([signal, over.signal]))
  try {
    await qmp.execute(command, { uri: `file:${file}` })
    const status = await end
    signal.throwIfAborted()
    if (status === 'completed') return
    if (!status) throw errors.qmpFailed(command, 'QEMU ended')
    const { 'error-desc': reason = 'it failed' } = (await qmp.execute('query-migrate')) as {
      'error-desc'?: string
    }
    throw errors.qmpFailed(command, reason)
  } finally {
    over.abort()
  }
}
