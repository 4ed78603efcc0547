import { ended, stillOn } from './diagnosis.ts'
import type { Launched } from './launch.ts'
import type { Exit, Qemu } from './qemu/qemu.ts'
import type { Watch } from './watch.ts'

/** Milliseconds after which the power button is pressed again: a guest that still starts may not hear it. */
const PRESS_AGAIN = 5000

/**
 * Presses the power button until the machine is off; cuts it off after the deadline, in milliseconds, and where it failed,
 * for then it hears no button.
 */
export const powerOff = async (
  qemu: Qemu,
  { signal: failed, failure }: Pick<Watch, 'signal' | 'failure'>,
  deadline: number,
): Promise<{ exit: Exit; late: boolean }> => {
  const cutOff = () => void qemu.kill()
  failed.addEventListener('abort', cutOff, { once: true })
  if (failure) cutOff()
  let late = false
  const timer = setTimeout(() => {
    late = true
    void qemu.kill()
  }, deadline)
  // the session may end while the button is being pressed again
  const press = () => void qemu.qmp.execute('system_powerdown').catch((error: unknown) => error)
  const again = setInterval(press, PRESS_AGAIN)
  press()
  const exit = await qemu.exited
  clearTimeout(timer)
  clearInterval(again)
  failed.removeEventListener('abort', cutOff)
  return { exit, late }
}

/** Switches a machine off in order. Throws MACHINE_SHUTDOWN, and what it failed of before; it is off then. */
export const switchOff = async ({ spec, qemu, watch, options }: Launched): Promise<void> => {
  watch.expectEnd()
  const { exit, late } = await powerOff(qemu, watch, spec.shutdownDeadline * 1000)
  await qemu.kill()
  options.signal.throwIfAborted()
  if (watch.failure) throw watch.failure
  if (late) throw stillOn(spec, qemu.console)
  if (exit.code !== 0) throw ended(spec, qemu.console, exit)
}
