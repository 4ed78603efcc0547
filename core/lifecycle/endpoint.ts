import type { Guest } from '../guest/guest.ts'
import type { MachineSpec } from '../machine/spec.ts'

/** An endpoint of a running lesson, reached over SSH. */
export interface Endpoint {
  readonly name: string
  readonly guest: Guest
  /** The machine as the image describes it; which disks it runs from is not known here. */
  readonly spec: MachineSpec
  /** Where a TCP port of the endpoint is reached from this host. */
  at(port: number): { host: string; port: number }
  /** A directory of this host with the files of the lesson, if there is one. */
  readonly lesson?: string
}
