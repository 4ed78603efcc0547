import type { SessionExec } from 'antidote'

/** What ansible needs in a guest. */
export interface Found {
  /** The path of its Python. */
  python?: string
}

/** The first of ansible's own list (INTERPRETER_PYTHON_FALLBACK), and the one that Red Hat's systems keep to themselves. */
const LOOK =
  'for name in /usr/bin/python3 python3 /usr/libexec/platform-python; do command -v "$name" && exit; done; exit 1'

/** Looks for Python, so that ansible need not ask before each play. A playbook that installs it first begins without. */
export const look = async (exec: SessionExec): Promise<Found> => {
  const { code, stdout } = await exec(['/bin/sh', '-c', LOOK])
  const python = stdout.toString().trim()
  return code === 0 && python.startsWith('/') ? { python } : {}
}
