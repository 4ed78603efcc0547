import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Guest } from '../../machine/guest/guest.ts'
import type { KeyedPlace } from '../../machine/host-keys/host-keys.ts'
import type { GuestSettings } from '../../machine/tasks/settings.ts'

/** What the stage of a lesson configures an endpoint with. */
export interface StageConfiguration {
  readonly type: 'ansible' | 'python' | 'netconf'
  /** The absolute path of the playbook, the script or the document. */
  readonly file: string
  /** What NETCONF of the device is like. */
  readonly dialect?: string
}

/** What the stage of a lesson gives an endpoint before that. */
export interface StageSettings {
  readonly settings: GuestSettings
  /** What its files are relative to. */
  readonly directory: string
  /** What they may not lead out of: the lesson. */
  readonly inside: string
}

/** How something that was done left an endpoint; `done` where that is not known. */
export type Effect = 'changed' | 'unchanged' | 'done'

/** An endpoint of a running lesson, reached over SSH. */
export interface Endpoint {
  readonly name: string
  readonly guest: Guest
  /** The machine as the image describes it; which disks it runs from is not known here. */
  readonly spec: MachineSpec
  /** Where a TCP port of the endpoint is reached from this host, and which of its SSH keys are trusted. */
  at(port: number): KeyedPlace
  /** A directory of this host with the files of the lesson, if there is one. */
  readonly lesson?: string
  /** What its lesson's stage names for it, if it names anything. */
  readonly configuration?: StageConfiguration
  /** Hostname, addresses, files and services that its lesson's stage gives it, if it does. */
  readonly settings?: StageSettings
  /** Milliseconds in which its servers must answer. */
  readonly deadline?: number
  /** Takes what became of something, for the table of a lesson; nobody asks where it is left out. */
  tell?(effect: Effect): void
}
