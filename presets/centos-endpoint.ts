import { optionChecks, type Plugin } from 'antidote'
import { type CentosOptions, centos } from 'antidote/plugins'

const { list } = optionChecks('centosEndpoint')

/** A small endpoint of the CentOS family from scratch: SSH, and what a lab needs to look around. */
export const centosEndpoint = (options: CentosOptions = {}): Plugin[] => [
  centos({ ...options, packages: ['less', 'nano', 'tcpdump', ...list('packages', options.packages)] }),
]
