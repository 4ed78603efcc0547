import { optionChecks, type Plugin } from 'antidote'
import { type DebianOptions, debian } from 'antidote/plugins'

const { list } = optionChecks('debianEndpoint')

/** A small Debian endpoint from scratch: our own kernel and init, SSH, and what a lab needs to look around. */
export const debianEndpoint = (options: DebianOptions = {}): Plugin[] => [
  debian({ ...options, packages: ['less', 'nano', 'tcpdump', ...list('packages', options.packages)] }),
]
