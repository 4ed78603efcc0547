import { type DiskFormat, type DiskMachine, nearest, optionChecks, type Secret } from 'antidote'

export interface DiskImageOptions {
  /** The image file, relative to the config. Either this or `url`. */
  path?: string
  /** Where the image file is fetched from, by http or https. */
  url?: string
  /** The sha256 of the file as it is; with `url` it must be there. */
  sha256?: string
  /** The size of the file behind a `url`, in bytes: nothing larger is fetched. */
  size?: number
  /** What the disk is, where its content does not tell: a raw disk without a boot sector. */
  format?: DiskFormat
  /** The files that a VMDK descriptor at `path` names, in the same directory. */
  extents?: string[]
  /** `false` for a vendor's disk, which others may not be given: the image is not pushed to a registry by mistake. */
  redistributable?: boolean
  /** The hardware that the disk needs. */
  machine?: DiskMachine
  /** Who logs in over SSH. */
  login?: { user: string; password: string | Secret }
}

const OPTIONS: Record<keyof DiskImageOptions, true> = {
  path: true,
  url: true,
  sha256: true,
  size: true,
  format: true,
  extents: true,
  redistributable: true,
  machine: true,
  login: true,
}

const FORMATS: Record<DiskFormat, true> = { raw: true, qcow2: true, vmdk: true, vdi: true, vhdx: true }

/** What each setting of the hardware is. */
const MACHINE: Record<keyof DiskMachine, string> = {
  machine: 'string',
  cpu: 'string',
  cpus: 'number',
  memory: 'number',
  accelerator: 'string',
  bus: 'string',
  firmware: 'string',
  thirdParty: 'boolean',
  channel: 'boolean',
  nic: 'string',
  lesson: 'boolean',
  interfaces: 'number',
  interfaceNames: 'object',
  cards: 'string',
  management: 'string',
  outgoing: 'string',
  ports: 'object',
  ready: 'object',
  login: 'object',
  deadline: 'number',
  shutdownDeadline: 'number',
  snapshot: 'boolean or object',
  spare: 'number',
  reserved: 'number',
  bridge: 'boolean',
  smbios: 'object',
  entropy: 'boolean',
  cli: 'object',
}

const { bad, list, password } = optionChecks('disk')

const unknown = (what: string, name: string, known: readonly string[]) => {
  const near = nearest(name, known)
  return bad(
    `"${name}" is not ${what}.`,
    near ? `Did you mean "${near}"?` : `Choose one of ${known.join(', ')}.`,
  )
}

const checkMachine = (machine: DiskMachine): void => {
  for (const [name, value] of Object.entries(machine)) {
    const wanted = MACHINE[name as keyof DiskMachine]
    if (wanted === undefined) throw unknown('a setting of `machine`', name, Object.keys(MACHINE))
    if (value !== undefined && !wanted.split(' or ').includes(typeof value))
      throw bad(
        `machine.${name} is a ${typeof value}, not a ${wanted}.`,
        name === 'memory' ? 'Memory is in MiB here.' : 'docs/reference/machine has the fields.',
      )
  }
  if (machine.firmware !== undefined && !['bios', 'uefi'].includes(machine.firmware))
    throw bad(`machine.firmware is "${machine.firmware}".`, "Write 'bios' or 'uefi', or leave it out.")
  if (machine.login)
    throw bad('machine.login is for plugins.', 'Use the option `login`, whose password may be a secret.')
}

const checkSource = ({ path, url, sha256, size, extents = [] }: DiskImageOptions): void => {
  if ((path === undefined) === (url === undefined))
    throw bad('name the image by either `path` or `url`.', "Write path: 'disk.vmdk'.")
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256))
    throw bad(`sha256 is "${sha256}", which is not 64 hexadecimal digits.`, '`sha256sum` prints it.')
  if (size !== undefined && !(Number.isSafeInteger(size) && size > 0))
    throw bad('size is the number of bytes of the file.', '`stat -c %s` prints it.')
  if (size !== undefined && path !== undefined)
    throw bad('`size` is for an image from a `url`.', 'Leave it out for one at a `path`.')
  if (path !== undefined) return
  if (!/^https?:\/\/[^@\s/]+\/\S*$/.test(url!))
    throw bad('the url must be an http or https address without a user or password in it.', 'Check it.')
  if (sha256 === undefined)
    throw bad(
      'an image from a url needs its sha256.',
      'Take it from who offers the image, or from `sha256sum`.',
    )
  if (extents.length > 0)
    throw bad('`extents` are for an image at a `path`.', 'Fetch an OVA or a ZIP archive with all of it.')
}

/** Checks the options. Throws PLUGIN_OPTION. */
export const checkOptions = (options: DiskImageOptions): void => {
  for (const name of Object.keys(options))
    if (!(name in OPTIONS)) throw unknown('an option', name, Object.keys(OPTIONS))
  list('extents', options.extents)
  checkSource(options)
  const { format, machine, login, redistributable } = options
  if (redistributable !== undefined && typeof redistributable !== 'boolean')
    throw bad('redistributable is true or false.', "Write redistributable: false for a vendor's disk.")
  if (redistributable === false && options.extents?.length)
    throw bad(
      'a disk that is not redistributable must be one file: others complete the image with theirs.',
      'Pack the descriptor and its extents into one ZIP archive.',
    )
  if (format !== undefined && !(format in FORMATS)) throw unknown('a format', format, Object.keys(FORMATS))
  if (machine) checkMachine(machine)
  if (login && !(typeof login.user === 'string' && login.password))
    throw bad(
      '`login` needs a user and a password.',
      "Write login: { user: 'admin', password: secret('…') }.",
    )
  if (login) password('login.password', login.password)
}
