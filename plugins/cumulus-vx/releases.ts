/** What differs between the releases of Cumulus Linux, and matters here. */
export interface Release {
  /** As the image's author wrote it: `3.7`, `4.4`, `5.12.1`. */
  name: string
  /** The command line that configures it: `net` up to 4, `nv` from 5 on. */
  cli: 'nclu' | 'nvue'
  /** The groups that may use that in full. */
  groups: readonly string[]
  /** The password of `cumulus` before its first login. */
  password: string
  /** Its sshd asks for the name of whoever connects: OpenSSH before 6.8 has UseDNS on. */
  slowLogin: boolean
}

/**
 * - User Accounts, 5.10: nvshow, nvset and nvapply. Network Command Line Utility - NCLU, 3.7: netshow and netedit.
 * - 4.4 has both command lines, and NVUE's service is off: NVIDIA User Experience - NVUE, 4.4.
 */
const GROUPS = { nclu: ['netshow', 'netedit'], nvue: ['nvshow', 'nvset', 'nvapply'] } as const

/** "Release 4.2 and later", "Release 4.1 and earlier": NVIDIA Air guide, default credentials. */
const PASSWORDS = { before: 'CumulusLinux!', from42: 'cumulus' } as const

/** What is known of a release; undefined where nothing is. */
export const releaseOf = (name: string): Release | undefined => {
  const [, major, minor] = /^(\d+)\.(\d+)(?:\.\d+)*$/.exec(name)?.map(Number) ?? []
  if (major === undefined || minor === undefined) return undefined
  if (major < 3 || major > 5 || (major === 3 && minor < 7)) return undefined
  const cli = major === 5 ? 'nvue' : 'nclu'
  return {
    name,
    cli,
    groups: GROUPS[cli],
    password: major === 3 || (major === 4 && minor < 2) ? PASSWORDS.before : PASSWORDS.from42,
    // Debian 8
    slowLogin: major === 3,
  }
}

/** Whether a switch that says it runs `found` is of the release that was named: `5.12` stands for 5.12.1 too. */
export const isRelease = (found: string, { name }: Release): boolean => `${found}.`.startsWith(`${name}.`)
