import { errors } from '../base/errors/catalogue.ts'
import { reasonOf } from '../base/errors/explained.ts'
import { fixUmask } from '../base/process/umask.ts'
import { main } from './program.ts'
import { CLOSED, guardOutput, readerGone, standardOutputError } from './terminal/output.ts'
import { printError } from './terminal/print-error.ts'

/** Ends at once: something was thrown where nobody waited for it, so what runs cannot be trusted. */
const crash = (error: unknown): void => {
  printError(error)
  process.exit(1)
}

/** Waits until what was written has left this process, or could not. */
const flushed = (): Promise<unknown> =>
  Promise.all(
    [process.stdout, process.stderr].map(
      (stream) => new Promise((resolve) => stream.write('', () => setImmediate(resolve))),
    ),
  )

/** Runs a command line in this process, with its streams guarded. Gives the exit status. */
export const run = async (argv: readonly string[]): Promise<number> => {
  fixUmask()
  guardOutput()
  process.on('uncaughtException', crash)
  readerGone.addEventListener('abort', () => {
    // also where the pipe is seen to be closed only after the last line
    process.exitCode = CLOSED
  })
  const code = await main(argv)
  await flushed()
  if (readerGone.aborted) return CLOSED
  const failure = standardOutputError()
  if (!failure) return code
  printError(errors.outputFailed(reasonOf(failure)))
  return code || 1
}
