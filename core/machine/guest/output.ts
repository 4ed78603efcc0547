import { errors } from '../../base/errors/catalogue.ts'
import { KEPT_WHOLE } from '../../base/process/output.ts'

/** The error for a command that prints more than can be kept. */
export const tooMuchOutput = (command: string): Error => errors.guestOutput(command, KEPT_WHOLE >> 20)
