import type { Plugin } from 'antidote'
import { type CentosOptions, centos } from 'antidote/plugins'

/** A small endpoint of the CentOS family from scratch: SSH, and what a lab needs to look around. */
export const centosEndpoint = (options: CentosOptions = {}): Plugin[] => [
  centos({ ...options, packages: ['less', 'nano', 'tcpdump', ...(options.packages ?? [])] }),
]
