import { isAntidoteError } from '../../base/errors/error.ts'

/** Whether a guest has been restarted since this was made. */
export interface RestartWatch {
  /** Waits until the guest starts anew; gives false where it does not. */
  begun(): Promise<boolean>
  /** To be called when nobody asks any more. */
  end(): void
}

/** Ends with 0 while the system is shutting down: systemd has a job for it, other inits run a script or a level for it. */
const GOING_DOWN = `if [ -d /run/systemd/system ]; then
  systemctl list-jobs --no-legend --plain | grep -qE '(reboot|poweroff|halt|kexec|shutdown)[.]target'
else
  grep -qs 'lib/antidote/[s]top' /proc/[0-9]*/cmdline || case $(runlevel) in *[06]) ;; *) false ;; esac
fi 2>/dev/null`

/** The argument vector for that. */
export const goingDown: readonly string[] = ['sh', '-c', GOING_DOWN]

/** Statuses of commands that a signal ended, as an init does it. */
const KILLED = 128

const isBroken = (error: unknown): boolean => isAntidoteError(error) && error.code === 'SSH_FAILED'

/**
 * Runs a command that may restart the guest, and gives its result. Where it did restart it, gives undefined, and what
 * comes next finds a guest that starts. `asks` says whether the guest is shutting down.
 */
export const survive = async <R extends { code: number }>(
  watch: RestartWatch,
  run: () => Promise<R>,
  asks: () => Promise<boolean>,
): Promise<R | undefined> => {
  try {
    const result = await run()
    if (result.code !== 0 && result.code < KILLED) return result
    // what shuts down for good is seen to be off by whoever comes next
    return (await asks()) && (await watch.begun()) ? undefined : result
  } catch (error) {
    if (!isBroken(error) || !(await watch.begun())) throw error
    return undefined
  } finally {
    watch.end()
  }
}
