import { fileURLToPath } from 'node:url'
import { run, start } from '../../core/base/process/run.ts'
import type { Tools } from '../../core/base/process/tools.ts'

const SCRIPT = fileURLToPath(new URL('./children/qemu.mjs', import.meta.url))

/** What the process that stands in for QEMU does: it speaks QMP and has a console, and no guest. */
export interface Behaviour {
  /** What `info usernet` says SSH is forwarded from. */
  sshPort?: number
  /** Lines on the console once QMP is up. */
  console?: string[]
  /** The exit status with which it ends right after that. */
  exit?: number
  /** The exit status with which it ends when it is told to quit. */
  quit?: number
  /** What it says on standard error before anything else, and then it ends. */
  refuse?: string
  /** It switches off when the power button is pressed, or sends this event. */
  powerButton?: boolean | object
  /** How it says that a migration ended. */
  migration?: 'completed' | 'failed'
  /** A file to which it appends the commands it gets. */
  commands?: string
  /** An event it sends. */
  event?: object
}

/** Tools whose QEMU is that process; everything else runs on this host. */
export const toolsWith = (behaviour: Behaviour): Tools => ({
  run,
  start: (argv, options) =>
    start(['node', SCRIPT, JSON.stringify(behaviour), ...argv], { ...options, extendEnv: true }),
})
