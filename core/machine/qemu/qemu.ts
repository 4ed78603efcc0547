import type { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import { socketDirectory } from '../../base/process/socket-directory.ts'
import type { Tools } from '../../base/process/tools.ts'
import { qemuArguments } from './arguments.ts'
import { Console } from './console.ts'
import { firmwareFiles } from './firmware.ts'
import type { Instance } from './instance.ts'
import { listen } from './listen.ts'
import { Qmp } from './qmp.ts'

/** How QEMU ended. */
export interface Exit {
  /** `exit status 1` or `signal SIGKILL`. */
  status: string
  code: number | undefined
  /** Who ended it, in QMP's words: `guest-shutdown`, `host-signal`. */
  cause?: string
  /** What QEMU said last. */
  lines: string[]
}

/** A running QEMU with its two ends: control and console. */
export interface Qemu {
  /** Of what was started: QEMU itself, or what runs it. */
  pid: number
  qmp: Qmp
  console: Console
  /** Our end of the guest's channel, where the machine has one. */
  channel?: Socket
  exited: Promise<Exit>
  /** Ends QEMU at once and leaves nothing behind. */
  kill(): Promise<void>
}

/** What QEMU needs beside the instance. */
export interface Surroundings {
  tools: Tools
  /** A directory for the changes that are thrown away. */
  work: string
  /** More files and directories that QEMU reads: backing files of the disks. */
  readable: readonly string[]
  signal: AbortSignal
  /** Words before QEMU's own that take from it what it does not need, or give it file descriptors. */
  as?: readonly string[]
  /** Where the sockets' directory is made; the directory for temporary files if left out. */
  sockets?: string
}

const filesOf = (spec: MachineSpec): string[] => [
  ...[spec.directBoot?.kernel, spec.directBoot?.initrd].filter((path) => path !== undefined),
  ...firmwareFiles(spec),
]

/**
 * Starts QEMU; gives it once it listens to commands.
 * Throws QEMU_FAILED with QEMU's last lines if it ends before that.
 */
export const startQemu = async (
  spec: MachineSpec,
  instance: Omit<Instance, 'sockets'>,
  { tools, work, readable, signal, as = [], sockets: parent }: Surroundings,
): Promise<Qemu> => {
  const { directory, remove } = await socketDirectory(parent)
  const at = (name: string) => join(directory, name)
  const sockets = {
    control: at('control'),
    console: at('console'),
    ...(spec.channel && { channel: at('channel') }),
  }
  const [control, serial] = [await listen(sockets.control), await listen(sockets.console)]
  const channel = sockets.channel === undefined ? undefined : await listen(sockets.channel)
  const disks = spec.disks.map(({ path }) => path)
  const { lesson, memory, links } = instance
  const child = tools.start(
    // QEMU keeps the changes that it throws away in a file without a name in TMPDIR
    [...as, 'env', `TMPDIR=${work}`, ...qemuArguments(spec, { ...instance, sockets })],
    {
      network: true,
      readable: [
        ...filesOf(spec),
        ...readable,
        ...(instance.writeDisks ? [] : disks),
        ...(lesson?.readOnly ? [lesson.directory] : []),
        ...(memory?.use === 'restore' ? [dirname(memory.file)] : []),
      ],
      writable: [
        directory,
        work,
        ...(instance.log ? [dirname(instance.log)] : []),
        ...links.flatMap((link) => (link.kind === 'segment' ? [link.directory] : [])),
        ...(memory?.use === 'save' ? [dirname(memory.file)] : []),
        ...(instance.writeDisks ? disks : []),
        ...(instance.variables ? [instance.variables] : []),
        ...(lesson && !lesson.readOnly ? [lesson.directory] : []),
      ],
    },
  )
  child.stdin?.end()
  let cause: string | undefined
  const exited = Promise.resolve(child).then(async (result): Promise<Exit> => {
    // what was started may only be what started QEMU; QEMU itself holds these until it is gone
    await Promise.all([control, serial, channel].map((one) => one?.close()))
    await remove()
    return {
      status: result.signal ? `signal ${result.signal}` : `exit status ${result.exitCode ?? 'unknown'}`,
      code: result.exitCode,
      ...(cause && { cause }),
      lines: String(result.stderr ?? '')
        .split('\n')
        .filter((line) => line.trim() !== '')
        .slice(-15),
    }
  })
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  signal.addEventListener('abort', kill, { once: true })
  exited.then(() => signal.removeEventListener('abort', kill))
  if (signal.aborted) await kill()

  const ended = exited.then((exit) => {
    signal.throwIfAborted()
    throw errors.qemuFailed(spec.name, exit.status, exit.lines)
  })
  try {
    const [controlSocket, serialSocket, port] = await Promise.race([
      Promise.all([control.peer, serial.peer, channel?.peer]),
      ended,
    ])
    // QEMU's end is seen by whoever waits for QEMU
    port?.on('error', () => port.destroy()).resume()
    const console = new Console(serialSocket, instance.log)
    // a session that breaks off here means that QEMU gave up, and `ended` tells why
    const qmp = await Qmp.open(controlSocket).catch(() => ended)
    qmp.on('event', ({ event, data }) => {
      if (event === 'SHUTDOWN') cause = String(data.reason)
    })
    return { pid: child.pid!, qmp, console, ...(port && { channel: port }), exited, kill }
  } catch (error) {
    await kill()
    throw error
  }
}
