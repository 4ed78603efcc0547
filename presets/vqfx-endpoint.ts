import type { Plugin } from 'antidote'
import { type VqfxSnapshotOptions, vqfxSnapshot } from 'antidote/plugins'

/** A switch for lessons: the routing engine of Juniper's vQFX 10000, saved and restored. */
export const vqfxEndpoint = (options: VqfxSnapshotOptions): Plugin[] => [vqfxSnapshot(options)]
