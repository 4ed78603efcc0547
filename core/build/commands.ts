import { watchingCommands } from '../base/process/watching.ts'
import { maskText } from './attribute.ts'
import type { Report } from './events.ts'
import type { BuildLog } from './log.ts'

/** A command as it is shown: whole scripts among its arguments are for the log. */
export const commandText = (command: string): string => `$ ${command.replace(/\n.*/s, ' …')}`

/** Writes the commands that `act` starts to a log, and tells them where somebody wants to see them. */
export const loggingCommands = <T>(
  {
    log,
    masked,
    report,
  }: { log: BuildLog; masked: () => ReadonlySet<string> | undefined; report?: Report | undefined },
  act: () => T,
): T =>
  watchingCommands((command) => {
    const text = maskText(command, masked() ?? new Set())
    log.line('antidote', `$ ${text}`)
    report?.({ type: 'line', text: commandText(text) })
  }, act)
