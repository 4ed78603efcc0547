import { isAntidoteError } from '../base/errors/error.ts'

/** Exit statuses of the container. */
export const EXIT = { off: 0, lacking: 1, setting: 2, panic: 3, ended: 4, cutOff: 5 } as const

const OF_CODE: Record<string, number> = {
  LAUNCHER_SETTING: EXIT.setting,
  NETWORK_INTERFACE: EXIT.setting,
  MACHINE_PANIC: EXIT.panic,
  QEMU_FAILED: EXIT.ended,
  MACHINE_OFF: EXIT.ended,
  MACHINE_SHUTDOWN: EXIT.cutOff,
}

/** The exit status that tells of an error. */
export const exitStatus = (error: unknown): number =>
  (isAntidoteError(error) ? OF_CODE[error.code] : undefined) ?? EXIT.lacking
