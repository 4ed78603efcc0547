import type { Terminal } from './ssh.ts'

/** A terminal may say that it has no size at all. */
const size = () => ({ columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 })

/** Gives every key to `use` while it runs, Ctrl-C too. The terminal is as it was afterwards, however that ends. */
export const withRawTerminal = async <T>(use: () => Promise<T>): Promise<T> => {
  const { stdin } = process
  stdin.setRawMode(true)
  try {
    return await use()
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
  }
}

/** Joins the person's terminal to a login shell in a machine; gives the shell's exit status. */
export const joinShell = async (
  open: (terminal: { term: string; columns: number; rows: number }) => Promise<Terminal>,
): Promise<number> => {
  const { stdin, stdout } = process
  const shell = await open({ term: process.env.TERM ?? 'vt100', ...size() })
  const resize = () => shell.resize(size())
  stdout.on('resize', resize)
  try {
    return await withRawTerminal(async () => {
      stdin.pipe(shell.stream)
      shell.stream.pipe(stdout, { end: false })
      return await shell.exit
    })
  } finally {
    stdin.unpipe(shell.stream)
    stdout.off('resize', resize)
  }
}
