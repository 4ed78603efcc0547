import type { RunningMachine } from '../machine/running.ts'

const size = () => ({ columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 })

/** Joins the person's terminal to a login shell in the machine; gives the shell's exit status. */
export const sshShell = async (machine: RunningMachine): Promise<number> => {
  const { stdin, stdout } = process
  const shell = await machine.shell({ term: process.env.TERM ?? 'vt100', ...size() })
  const resize = () => shell.resize(size())
  stdout.on('resize', resize)
  stdin.setRawMode(true)
  stdin.pipe(shell.stream)
  shell.stream.pipe(stdout, { end: false })
  try {
    return await shell.exit
  } finally {
    stdin.unpipe(shell.stream)
    stdin.setRawMode(false)
    stdin.pause()
    stdout.off('resize', resize)
  }
}
