import type { Plugin } from 'antidote'
import { type CumulusVxOptions, cumulusVx } from 'antidote/plugins'

/** A switch for lessons: Cumulus VX of release 3.7, 4 or 5, saved and restored. */
export const cumulusEndpoint = (options: CumulusVxOptions): Plugin[] => [cumulusVx(options)]
