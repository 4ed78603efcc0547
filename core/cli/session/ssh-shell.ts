import type { RunningMachine } from '../../machine/running.ts'
import { joinShell } from '../../machine/ssh/terminal.ts'

/** Joins the person's terminal to a login shell in the machine; gives the shell's exit status. */
export const sshShell = (machine: RunningMachine): Promise<number> =>
  joinShell((terminal) => machine.shell(terminal))
