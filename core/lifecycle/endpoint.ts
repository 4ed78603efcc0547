import type { Guest } from '../guest/guest.ts'
import type { MachineSpec } from '../machine/spec.ts'

/** What the stage of a lesson configures an endpoint with. */
export interface StageConfiguration {
  readonly type: 'ansible' | 'python' | 'netconf'
  /** The absolute path of the playbook, the script or the document. */
  readonly file: string
}

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
  /** What its lesson's stage names for it, if it names anything. */
  readonly configuration?: StageConfiguration
}
