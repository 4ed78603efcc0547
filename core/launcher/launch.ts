import { once } from 'node:events'
import { Cleanup } from '../base/async/cleanup.ts'
import { isAntidoteError, messageOf } from '../base/errors/error.ts'
import type { MachineSpec } from '../base/model/machine-spec.ts'
import type { Tools } from '../base/process/tools.ts'
import { ended, stillOn } from '../machine/diagnosis.ts'
import { powerOff } from '../machine/power-off.ts'
import type { Qemu } from '../machine/qemu/qemu.ts'
import { Watch } from '../machine/watch.ts'
import { beginMachine } from './begin/begin.ts'
import { HOST_NAME } from './begin/identity.ts'
import { plugLate } from './begin/late-cards.ts'
import { readMachine } from './container/machine-file.ts'
import { checkOutgoing } from './container/outgoing.ts'
import { type Prepared, prepare } from './container/prepare.ts'
import { misspelt, readSettings, type Settings } from './container/settings.ts'
import { openState, type State } from './container/state.ts'
import { openIpv6 } from './network/ipv6.ts'
import { Board, identityLine } from './report/board.ts'
import { serveControl } from './report/control.ts'
import { describeInterfaces, describePrepared, firstDocument } from './report/describe.ts'
import { serveHealth } from './report/health-server.ts'
import { followReadiness } from './report/readiness.ts'

/** What a launch is given by its process. */
export interface LaunchOptions {
  machineFile: string
  /** The launcher's own file. */
  script: string
  env: Readonly<Record<string, string | undefined>>
  tools: Tools
  /** Aborted when the machine is to be switched off, */
  stop: AbortSignal
  /** and when it is to be cut off. */
  kill: AbortSignal
  say: (line: string) => void
  /** Called with each line of the serial console. */
  onConsole: (line: string) => void
}

/** What one launch works with. */
interface Launch extends LaunchOptions {
  spec: MachineSpec
  settings: Settings
  board: Board
  cleanup: Cleanup
}

/** Prepares and starts the machine, unless `stop` comes; whatever happens, `cleanup` takes it away again. */
const start = async (launch: Launch, state: State) => {
  const { spec, settings, tools, say, cleanup, board, onConsole, stop } = launch
  const starting = new AbortController()
  const giveUp = () => starting.abort()
  stop.addEventListener('abort', giveUp, { once: true })
  const { signal } = starting
  const prepared = await prepare({ spec, settings, state, tools, say, signal })
  cleanup.defer(() => prepared.network.close())
  const begun = await beginMachine({ prepared, settings, state, tools, say, signal })
  const { qemu } = begun
  cleanup.defer(() => qemu.kill())
  const ipv6 = await openIpv6(prepared.instance.forwards)
  cleanup.defer(() => ipv6?.close())
  // from here on it is switched off, not killed
  stop.removeEventListener('abort', giveUp)
  qemu.console.on('line', onConsole)
  prepared.network.follow(async (slot, up) => {
    await plugLate(qemu.qmp, prepared)
    await qemu.qmp.execute('set_link', { name: `nic${slot}`, up })
    board.update({ interfaces: describeInterfaces(prepared) })
  })
  board.update({
    ...describePrepared(prepared, board.document, qemu.pid, ipv6 !== undefined),
    ...(begun.snapshot && { snapshot: begun.snapshot }),
  })
  return { prepared, ...begun }
}

/** Where the port that shows whether the guest is ready is reached from here. */
const readyAt = ({ spec, network, instance }: Prepared): { host: string; port: number } => {
  const { port } = spec.ready
  if (network.management) return { host: network.management.address, port }
  const forward = instance.forwards.find((one) => one.port === port && one.protocol === 'tcp')!
  return { host: '127.0.0.1', port: forward.hostPort }
}

/** Lets the machine run until it is off or `stop` comes. Throws how it ended, unless that was in order. */
const untilOff = async (
  { spec, settings, board, stop, kill }: Launch,
  qemu: Qemu,
  watch: Watch,
): Promise<string> => {
  if (!watch.failure && !stop.aborted) await Promise.race([once(watch.signal, 'abort'), once(stop, 'abort')])
  if (watch.failure) {
    // a guest that was ready may switch itself off
    if (watch.failure.code === 'MACHINE_OFF' && board.document.bootMs !== undefined)
      return 'the guest switched itself off'
    throw watch.failure
  }
  watch.expectEnd()
  // a guest that still starts does not hear the button, and has nothing to lose
  if (board.document.state === 'booting' && !settings.persist) {
    await qemu.kill()
    return 'stopped while it was booting'
  }
  board.set('stopping')
  kill.addEventListener('abort', () => void qemu.kill(), { once: true })
  const { exit, late } = await powerOff(qemu, watch, spec.shutdownDeadline * 1000)
  if (watch.failure) throw watch.failure
  if (late || kill.aborted) throw stillOn(spec, qemu.console)
  if (exit.code !== 0) throw ended(spec, qemu.console, exit)
  return 'the guest is off'
}

const runMachine = async (launch: Launch): Promise<string> => {
  const { spec, settings, board, cleanup, tools, script, stop, say } = launch
  const { healthPort } = settings
  if (healthPort > 0) {
    const health = await serveHealth({ port: healthPort, board })
    cleanup.defer(() => health.close())
  }
  const state = await openState(settings.state)
  const control = await serveControl({ path: state.control, board })
  cleanup.defer(() => control.close())
  const { prepared, qemu, began, snapshot, settled } = await start(launch, state)
  const { console, qmp } = qemu
  const over = new AbortController()
  cleanup.defer(() => over.abort())
  const watch = new Watch(spec, qemu)
  control.attach({
    console,
    monitor: async (line) => String(await qmp.execute('human-monitor-command', { 'command-line': line })),
  })
  // it may make new keys then
  qmp.on('event', ({ event }) => event === 'RESET' && board.update({ hostKey: undefined }))
  board.set('booting')
  say(`machine: ${snapshot?.restored ? `restored in ${snapshot.ms} ms` : 'started'}`)
  const signal = AbortSignal.any([over.signal, watch.signal, stop])
  const identified = settled?.then((restored) => {
    // a guest that was not told another name has its own
    const hostname = restored.shared.includes(HOST_NAME) ? spec.hostname : board.document.machine.hostname
    board.update({ snapshot: restored, machine: { ...board.document.machine, hostname } })
    if (restored.identity) say(`machine: ${identityLine(restored.identity)}`)
  })
  const followed = followReadiness({
    spec: prepared.spec,
    at: readyAt(prepared),
    tools,
    script,
    console,
    board,
    say: (line) => say(`machine: ${line}`),
    signal,
    began,
    // who asks it before would see its siblings' keys
    after: identified,
  })
  cleanup.defer(() => followed)
  return untilOff(launch, qemu, watch)
}

/**
 * Runs the machine of a container from its start until it is off: by itself, or by `stop`, which presses the power
 * button. A machine that is still being prepared is given up at once. Throws one sentence for what went wrong.
 */
export const launch = async (options: LaunchOptions): Promise<void> => {
  const { env, say, stop } = options
  const settings = readSettings(env)
  for (const [name, near] of misspelt(env)) say(`${name} is not a setting; did you mean ${near}?`)
  const spec: MachineSpec = { ...(await readMachine(options.machineFile)), ...settings.spec }
  say(`${spec.name}: ${spec.cpus} ${spec.cpus === 1 ? 'CPU' : 'CPUs'}, ${spec.memory} MiB`)
  checkOutgoing(settings, spec)
  const board = new Board(firstDocument(spec, settings))
  const cleanup = new Cleanup()
  try {
    const end = await runMachine({ ...options, spec, settings, board, cleanup })
    board.set('off', end)
    say(`machine: ${end}`)
  } catch (error) {
    if (stop.aborted && !isAntidoteError(error)) return say('stopped while it was starting')
    board.set('failed', messageOf(error))
    throw error
  } finally {
    for (const failure of await cleanup.run()) say(`while cleaning up: ${messageOf(failure)}`)
  }
}
