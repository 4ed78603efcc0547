import type { MachineSpec } from '../base/model/machine-spec.ts'
import type { Guest } from './guest/guest.ts'
import type { Accelerator } from './host/accelerator.ts'
import type { KeyedPlace } from './host-keys/host-keys.ts'
import type { Console } from './qemu/console.ts'
import type { Forward, Lesson } from './qemu/instance.ts'
import type { Terminal } from './ssh/ssh.ts'

/** A machine that answers. */
export interface RunningMachine {
  readonly spec: MachineSpec
  /** Over SSH, as the image's own user. */
  readonly guest: Guest
  /** Where the guest's SSH answers on this host. */
  readonly ssh: { host: string; port: number }
  /** All ports of the guest that can be reached on this host, SSH included. */
  readonly forwards: readonly Forward[]
  /** The MAC addresses of its NICs, in slot order, the one for management first. */
  readonly macs: readonly string[]
  /** The directory that the guest sees as its lesson files, if it has one. */
  readonly lesson?: Lesson
  /** The accelerator in use, and why it is not KVM. */
  readonly accelerator: Accelerator
  /** The serial console: `log` is the file with all of it. */
  readonly console: Console
  /** Milliseconds from the start of QEMU to the SSH handshake. */
  readonly bootMs: number
  /** Settles when the machine is off, however that came. */
  readonly off: Promise<void>
  /** Where a TCP port of the guest is reached on this host, and which of its SSH keys are trusted. Throws MACHINE_PORT. */
  at(port: number): KeyedPlace
  /** The last lines of the serial console. */
  consoleTail(lines?: number): string[]
  /** One QMP command. Throws QMP_FAILED. */
  qmp(command: string, args?: Record<string, unknown>): Promise<unknown>
  /** Logs in with another password, to see whether the guest takes it. Throws SSH_LOGIN. */
  login(user: string, password: string): Promise<void>
  /** Opens a login shell in the guest, for a person. */
  shell(terminal: { term: string; columns: number; rows: number }): Promise<Terminal>
  /** Runs a command as the image's own user and hands over what it prints, as it comes. Gives its exit status. */
  stream(argv: readonly string[], take: (chunk: Buffer, from: 'stdout' | 'stderr') => void): Promise<number>
  /** Does something whose commands in the guest are ended when the signal aborts; they throw its reason. */
  within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>
  /** Ends the SSH connection; whoever needs one again opens another. */
  disconnect(): Promise<void>
  /** Restarts the guest by a command run as root, and waits until it answers again. Throws MACHINE_REBOOT. */
  reboot(argv?: readonly string[]): Promise<void>
  /** Presses the power button and waits for off. Throws MACHINE_SHUTDOWN if the deadline passes. */
  shutdown(): Promise<void>
  /** Pulls the plug of it and of those started by `another`; nothing is left. Never throws. */
  stop(): Promise<void>
  /**
   * Bytes of its first disk from an offset on, both multiples of 512, once it is off: fewer where the disk ends before.
   * Undefined where its changes were thrown away.
   */
  readDisk(length: number, offset?: number): Promise<Buffer | undefined>
  /** Starts another machine from the same disk, its changes thrown away, with a spec derived from this one's. */
  another(change: (spec: MachineSpec) => MachineSpec): Promise<RunningMachine>
}
