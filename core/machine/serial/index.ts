/** Ready-made dialogues: for consoles of the Unix kind, and for pagers. */
export { type LoginOptions, login } from './login.ts'
export { pagers } from './pagers.ts'
export { type RunOnSerial, run, type SerialResult } from './run.ts'
