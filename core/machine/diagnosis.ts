import { errors } from '../base/errors/catalogue.ts'
import type { AntidoteError } from '../base/errors/error.ts'
import { type MachineSpec, type Ready, SERVERS } from '../base/model/machine-spec.ts'
import { type Console, STAGES } from './qemu/console.ts'
import type { Exit } from './qemu/qemu.ts'
import type { Reached } from './ssh/answer.ts'

const withLog = (error: AntidoteError, console: Console): AntidoteError => {
  if (console.log) error.log = console.log
  return error
}

/** Why a full disk or a lack of memory may be what a guest suffers from, as a hint. */
const troubleHint = (spec: MachineSpec, console: Console): string | undefined => {
  const kinds = console.troubles.map(({ kind }) => kind)
  if (kinds.includes('disk-full')) return 'The guest ran out of disk: raise `disk.size` in the config.'
  if (kinds.includes('memory'))
    return `The guest ran out of memory: raise \`machine.memory\` (now ${spec.memory} MiB).`
  return undefined
}

/** How far a guest came, as a sentence without its end. */
const furthest = (
  spec: MachineSpec,
  console: Console,
  reached: Reached,
  { kind, port }: Ready,
): { reached: string; hint: string } => {
  if (reached.banner) {
    return {
      reached: `its ${SERVERS[kind]} server spoke, then the handshake failed${reached.problem ? ` (${reached.problem})` : ''}`,
      hint: 'The guest may be too slow: raise `machine.deadline`.',
    }
  }
  if (reached.refused) {
    return {
      reached: `its network is up, but nothing listens on port ${port}`,
      hint: `Check that its ${SERVERS[kind]} server is installed and starts.`,
    }
  }
  const stage = STAGES.indexOf(console.stage)
  if (stage >= STAGES.indexOf('init')) {
    return {
      reached: `its init started${console.stage === 'login' ? ' and a login prompt was shown' : ''}, but its network did not come up`,
      hint: `Check the network set-up of the first NIC (${spec.nic}); it gets its address by DHCP.`,
    }
  }
  if (stage >= STAGES.indexOf('kernel')) {
    return {
      reached: 'its kernel started, but no init',
      hint: 'Check the root file system and the kernel command line.',
    }
  }
  if (stage >= STAGES.indexOf('firmware')) {
    return {
      reached: 'its boot loader started, but no kernel',
      hint: 'Check the boot loader and the serial console.',
    }
  }
  return {
    reached: 'QEMU runs, and nothing was written to the serial console',
    hint: 'Check that the disk boots by the firmware that `machine.firmware` names, and that the kernel has `console=ttyS0`.',
  }
}

/** A guest whose server has spoken is not held up by what its console asks. */
const asked = (
  { question }: Console,
  { banner }: Reached,
  far: ReturnType<typeof furthest>,
): ReturnType<typeof furthest> =>
  question === undefined || banner
    ? far
    : {
        reached: `${far.reached}, and on its console it waits for an answer to "${question}"`,
        hint: 'Have a plugin answer on the serial console (docs/guide/serial.md), or set the disk up so that it asks nothing.',
      }

/** The error for a guest that did not answer within its deadline, by what it was asked for. */
export const noAnswer = (
  spec: MachineSpec,
  console: Console,
  reached: Reached,
  ready: Ready,
): AntidoteError => {
  const far = asked(console, reached, furthest(spec, console, reached, ready))
  const hint = troubleHint(spec, console) ?? far.hint
  const server = SERVERS[ready.kind]
  return withLog(
    errors.machineNoAnswer(spec.name, server, spec.deadline, far.reached, console.tail(), hint),
    console,
  )
}

/** The error for a guest whose kernel gave up. */
export const panicked = (spec: MachineSpec, console: Console, line: string): AntidoteError => {
  const reason = line.replace(/^\[ *[\d.]+\] */, '')
  const hint = line.includes('Unable to mount root')
    ? 'Check `root=` on the kernel command line, and that the kernel has the drivers of the disk and its file system.'
    : troubleHint(spec, console)
  return withLog(errors.machinePanic(spec.name, reason, console.tail(), hint), console)
}

/** The error for a QEMU that ended when nobody had asked it to. */
export const ended = (spec: MachineSpec, console: Console, exit: Exit): AntidoteError =>
  withLog(
    exit.code === 0 && exit.cause !== 'host-signal'
      ? errors.machineOff(spec.name, console.tail())
      : errors.qemuFailed(
          spec.name,
          exit.cause === 'host-signal' ? 'a signal of the host' : exit.status,
          exit.lines.length > 0 ? exit.lines : console.tail(),
        ),
    console,
  )

/** The error for a guest that did not switch off. */
export const stillOn = (spec: MachineSpec, console: Console): AntidoteError =>
  withLog(errors.machineShutdown(spec.name, spec.shutdownDeadline, console.tail()), console)

/** The error for a machine that QEMU paused because its disk cannot be written on the host. */
export const stopped = (spec: MachineSpec, console: Console, reason: string): AntidoteError =>
  withLog(errors.machineStopped(spec.name, reason), console)
