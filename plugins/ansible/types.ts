import type { Guest, Secret, SshFiles } from 'antidote'
import type { Variable } from './options.ts'

/** A playbook and how it is run. */
export interface Playbook {
  /** Its absolute path. */
  path: string
  /** What it may read: absolute paths. */
  readable: readonly string[]
  idempotent?: boolean
  groups?: readonly string[]
  extraVars?: Readonly<Record<string, Variable>>
  vaults?: Readonly<Record<string, Secret>>
  tags?: readonly string[]
  skipTags?: readonly string[]
  verbosity: number
  /** The directory with what `requirements` names. */
  fetched?: string
  /** Variables that the playbook finds in its environment. */
  env?: Readonly<Record<string, string>>
}

/** On what it is run. */
export interface Host {
  /** As the inventory calls it. */
  name: string
  guest: Guest
  /** As whom commands run: "root", or the user who logs in. */
  user: string
  /** Its variables in the inventory. */
  variables?: Readonly<Record<string, string | number>>
  /** The host's network is there for tasks on this side, as those of network devices are. */
  network?: boolean
  /** Which host keys connections of their own trust, where the host is an endpoint; ansible's own way if left out. */
  ssh?: SshFiles
}
