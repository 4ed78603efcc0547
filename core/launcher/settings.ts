import { errors } from '../errors/catalogue.ts'
import type { MachineSpec } from '../machine/spec.ts'

/** What whoever runs the container may choose, by environment variable. */
export interface Settings {
  /** ANTIDOTE_STATE: where changes to the disks and the console's log go; disk space, not memory. */
  state: string
  /** What replaces the machine's own. */
  spec: Partial<Pick<MachineSpec, 'memory' | 'cpus' | 'accelerator'>>
}

type Environment = Readonly<Record<string, string | undefined>>

const memory = (text: string): number => {
  const [, amount, unit] = /^([1-9]\d*)([MG]?)$/.exec(text) ?? []
  if (!amount) throw errors.launcherSetting('ANTIDOTE_MEMORY', text, 'a size such as 512M or 2G')
  return Number(amount) * (unit === 'G' ? 1024 : 1)
}

const cpus = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw errors.launcherSetting('ANTIDOTE_CPUS', text, 'a number of processors')
  return Number(text)
}

const accelerator = (text: string): MachineSpec['accelerator'] => {
  if (text !== 'auto' && text !== 'kvm' && text !== 'tcg') {
    throw errors.launcherSetting('ANTIDOTE_ACCELERATOR', text, 'auto, kvm or tcg')
  }
  return text
}

/** Reads the environment; what is empty counts as not set. Throws LAUNCHER_SETTING. */
export const readSettings = (env: Environment): Settings => ({
  state: env.ANTIDOTE_STATE || '/var/tmp/antidote',
  spec: {
    ...(env.ANTIDOTE_MEMORY && { memory: memory(env.ANTIDOTE_MEMORY) }),
    ...(env.ANTIDOTE_CPUS && { cpus: cpus(env.ANTIDOTE_CPUS) }),
    ...(env.ANTIDOTE_ACCELERATOR && { accelerator: accelerator(env.ANTIDOTE_ACCELERATOR) }),
  },
})
