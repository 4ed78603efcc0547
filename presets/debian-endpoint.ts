import type { Plugin } from 'antidote'
import { type DebianOptions, debian } from 'antidote/plugins'

/** A small Debian endpoint from scratch: our own kernel and init, SSH, and what a lab needs to look around. */
export const debianEndpoint = (options: DebianOptions = {}): Plugin[] => [
  debian({ ...options, packages: ['less', 'nano', 'tcpdump', ...(options.packages ?? [])] }),
]
