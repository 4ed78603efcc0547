import { optionChecks, type Plugin } from 'antidote'
import type { DebianOptions } from 'antidote/plugins'
import { debianEndpoint } from './debian-endpoint.ts'

const { list } = optionChecks('utility')

/** What people automate networks with. */
const TOOLS = [
  'ansible-core',
  'curl',
  'dnsutils',
  'git',
  'iperf3',
  'jq',
  'mtr-tiny',
  'netcat-openbsd',
  'nmap',
  'python3',
  'python3-ncclient',
  'python3-pip',
  'python3-venv',
  'sshpass',
  'traceroute',
  'vim-tiny',
  'whois',
]

/** The utility endpoint: a Linux shell with network automation tools. */
export const utility = (options: DebianOptions = {}): Plugin[] =>
  debianEndpoint({ ...options, packages: [...TOOLS, ...list('packages', options.packages)] })
