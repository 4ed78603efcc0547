import { optionChecks } from 'antidote'

export interface PythonOptions {
  /** Another name, to use the plugin twice in an image. */
  name?: string
  /** A script, relative to the config, that every running endpoint is configured with. */
  script?: string
  /** Debian packages that scripts need beside those they have anyway. */
  packages?: readonly string[]
}

/** What scripts have: SSH, NETCONF, vendors' command lines, REST and YAML. */
const PACKAGES = [
  'python3',
  'python3-ncclient',
  'python3-netmiko',
  'python3-paramiko',
  'python3-requests',
  'python3-yaml',
]

const KNOWN: Record<keyof PythonOptions, true> = { name: true, script: true, packages: true }

const { bad, known, list } = optionChecks('python')

/** Checks the options and fills in what was left out. */
export const resolveOptions = (given: PythonOptions) => {
  known(given, Object.keys(KNOWN))
  const { name = 'python', script } = given
  const packages = list('packages', given.packages)
  for (const one of packages) {
    // Debian Policy, 5.6.7
    if (!/^[a-z0-9][a-z0-9+.-]+$/.test(one)) throw bad(`"${one}" is not the name of a Debian package.`)
  }
  return { name, script, packages: [...PACKAGES, ...packages] }
}
