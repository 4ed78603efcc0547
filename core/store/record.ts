import type { Artifact } from '../base/model/artifact.ts'
import type { Described } from '../base/model/key.ts'

/** What the store knows of one finished step. */
export interface StepRecord {
  version: 1
  key: string
  described: Described
  /** The artifact the step gave; absent for what a tap needed on the side. */
  artifact?: Artifact
  /** Keys of the entries that the artifact points into. */
  refers: string[]
  /** Names, modes, owners, sizes and times of everything in the entry. */
  fingerprint: string
  /** The same with contents and without times: equal for equal results. */
  digest: string
  /** The sha256 of each plain file at the top of the entry. */
  files: Record<string, string>
  bytes: number
  ms: number
}
