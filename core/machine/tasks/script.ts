import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { errors } from '../../base/errors/catalogue.ts'
import type { Guest } from '../guest/guest.ts'

/** A directory with the role `antidote`: the tasks for playbooks, and the scripts that do the work in every way. */
export const roles = fileURLToPath(new URL('./roles', import.meta.url))

/** The scripts: `<task>.sh`, run as root in the guest. */
export const scripts = `${roles}/antidote/files`

/**
 * Runs the script of a task as root in the guest. Gives what it printed, a line each. Throws TASK_FAILED with the
 * script's own words.
 */
export const runTask = async (
  guest: Guest,
  task: string,
  args: readonly string[],
  input?: string,
): Promise<string[]> => {
  const script = readFileSync(`${scripts}/${task}.sh`, 'utf8')
  const { code, stdout, stderr } = await guest.exec(['sh', '-c', script, task, ...args], {
    root: true,
    allowFailure: true,
    onLine: () => {},
    ...(input !== undefined && { input }),
  })
  const lines = (text: string) => text.split('\n').filter((line) => line !== '')
  if (code === 0) return lines(stdout)
  const said = lines(stderr)
  throw errors.taskFailed(task, said.at(-1) ?? `it ended with exit status ${code}`, said)
}

/** Whether a task said that it changed something. */
export const hasChanged = (said: readonly string[]): boolean =>
  said.some((line) => line.startsWith('changed '))
