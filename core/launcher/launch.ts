import { once } from 'node:events'
import { hostname } from 'node:os'
import { kvmVerdict } from '../machine/accelerator.ts'
import type { RunningMachine } from '../machine/running.ts'
import type { MachineSpec } from '../machine/spec.ts'
import { type StartOptions, startMachine } from '../machine/start.ts'
import type { Tools } from '../machine/tools.ts'
import { run, start } from '../process/run.ts'
import { findLesson, LESSON_DIRECTORY } from './lesson.ts'
import { readMachine } from './machine-file.ts'
import { containerPorts } from './ports.ts'
import { readSettings } from './settings.ts'

/** What a launch is given by its process. */
export interface LaunchOptions {
  machineFile: string
  env: Readonly<Record<string, string | undefined>>
  /** Aborted when the machine is to be switched off. */
  stop: AbortSignal
  say: (line: string) => void
}

/** A container has one file system: commands run as they are. */
const direct: Tools = { run, start }

/** Starts the machine, or gives undefined if `stop` came first; after that, `stop` no longer ends it at once. */
const startUnlessStopped = async (
  spec: MachineSpec,
  options: StartOptions,
  stop: AbortSignal,
): Promise<RunningMachine | undefined> => {
  if (stop.aborted) return undefined
  const starting = new AbortController()
  const giveUp = () => starting.abort()
  stop.addEventListener('abort', giveUp)
  try {
    return await startMachine(spec, { ...options, signal: starting.signal })
  } catch (error) {
    if (stop.aborted) return undefined
    throw error
  } finally {
    stop.removeEventListener('abort', giveUp)
  }
}

/** What this container gives its machine, told as it is found. */
const surroundings = async (
  spec: MachineSpec,
  state: string,
  say: (line: string) => void,
): Promise<StartOptions> => {
  const kvm = spec.accelerator === 'tcg' ? undefined : await kvmVerdict(direct)
  if (kvm?.usable === false) say(`no KVM, so the machine is emulated and slower: ${kvm.reason}`)
  const ports = await containerPorts(spec)
  for (const { port, hostPort } of ports.filter((wish) => wish.hostPort !== wish.port)) {
    say(`port ${port} answers on ${hostPort}: the container has no CAP_NET_BIND_SERVICE`)
  }
  const lesson = spec.lesson ? await findLesson(LESSON_DIRECTORY) : undefined
  return {
    tools: direct,
    work: state,
    seed: `${spec.name}@${hostname()}`,
    ports,
    onConsole: (line) => say(`| ${line}`),
    ...(lesson && { lesson }),
    ...(kvm && { kvm }),
  }
}

/**
 * Runs the machine of a container from its start until it is off: by itself, or by `stop`, which presses the power
 * button. A machine that is still starting is ended at once. Throws what startMachine and its shutdown throw.
 */
export const launch = async ({ machineFile, env, stop, say }: LaunchOptions): Promise<void> => {
  const settings = readSettings(env)
  const spec: MachineSpec = { ...(await readMachine(machineFile)), ...settings.spec }
  say(`${spec.name}: ${spec.cpus} ${spec.cpus === 1 ? 'CPU' : 'CPUs'}, ${spec.memory} MiB`)
  const machine = await startUnlessStopped(spec, await surroundings(spec, settings.state, say), stop)
  if (!machine) return say('stopped while it was starting')
  say(`answers on SSH port ${machine.ssh.port} after ${(machine.bootMs / 1000).toFixed(1)} s`)
  if (!stop.aborted) await Promise.race([machine.off, once(stop, 'abort')])
  say(stop.aborted ? 'switching off' : 'switched itself off')
  // where it is off already, this tells how it ended
  await machine.shutdown()
}
