import { optionChecks, type Secret } from 'antidote'

/** What a variable may be. A `secret()` may be anywhere in it. */
export type Variable =
  | null
  | boolean
  | number
  | string
  | Secret
  | readonly Variable[]
  | { readonly [name: string]: Variable }

const STAGES = ['provision', 'configure', 'test'] as const

export interface AnsibleOptions {
  /** Another name, to use the plugin twice in an image. */
  name?: string
  /** The playbook, relative to the config. */
  playbook?: string
  /** When it runs: while the image is built, on a running endpoint, or as a test. `provision` if left out. */
  stage?: (typeof STAGES)[number]
  /** Adds a test: whether ansible can work on the machine. */
  ping?: boolean
  /** Runs it a second time, and fails where a task changes something then. */
  idempotent?: boolean
  /** Groups of the inventory that the host is in. */
  groups?: readonly string[]
  extraVars?: Readonly<Record<string, Variable>>
  /** The password of the vault, or several by their ids. */
  vaultPassword?: Secret | Readonly<Record<string, Secret>>
  tags?: readonly string[]
  skipTags?: readonly string[]
  /** How much is written to the log: 1 to 4, as -v to -vvvv; 1 if left out. */
  verbosity?: number
  /** Files and directories that the playbook reads beside those of ansible's usual layout, relative to the config. */
  files?: readonly string[]
  /** A file of roles and collections to fetch, relative to the config. */
  requirements?: string
  /** Debian packages that filters, lookups and modules need on this side. */
  packages?: readonly string[]
}

/** Options with everything filled in. */
export interface Resolved extends AnsibleOptions {
  name: string
  stage: (typeof STAGES)[number]
  idempotent: boolean
  groups: readonly string[]
  extraVars: Readonly<Record<string, Variable>>
  vaults: Readonly<Record<string, Secret>>
  tags: readonly string[]
  skipTags: readonly string[]
  verbosity: number
  files: readonly string[]
  packages: readonly string[]
}

const KNOWN: Record<keyof AnsibleOptions, true> = {
  name: true,
  playbook: true,
  stage: true,
  ping: true,
  idempotent: true,
  groups: true,
  extraVars: true,
  vaultPassword: true,
  tags: true,
  skipTags: true,
  verbosity: true,
  files: true,
  requirements: true,
  packages: true,
}

const { bad, known, list: listOf } = optionChecks('ansible')

const isSecret = (value: unknown): value is Secret =>
  typeof value === 'object' && value !== null && (value as Secret).secret === true

const words = (name: string, given: readonly string[] | undefined, pattern: RegExp): readonly string[] => {
  const list = listOf(name, given)
  const wrong = list.find((word) => typeof word !== 'string' || !pattern.test(word))
  if (wrong !== undefined) throw bad(`"${name}" has ${JSON.stringify(wrong)}, which cannot be.`)
  return list
}

/** Passwords by vault id; ansible calls the one without a name `default`. */
const vaultsOf = (given: AnsibleOptions['vaultPassword']): Readonly<Record<string, Secret>> => {
  const vaults = given === undefined ? {} : isSecret(given) ? { default: given } : given
  const isRecord = typeof vaults === 'object' && vaults !== null
  for (const [id, password] of isRecord ? Object.entries(vaults) : [['', vaults] as const]) {
    if (!isSecret(password)) throw bad('"vaultPassword" must be a secret.', "Wrap it: secret('…').")
    if (!/^[\w.-]+$/.test(id)) throw bad(`"${id}" is no vault id.`)
  }
  return vaults
}

const TAG = /^[^,\s][^,]*$/
const PACKAGE = /^[a-z0-9][a-z0-9.+-]+$/

/** Checks the options that lessons and images share, and fills in what was left out. */
const common = (given: AnsibleOptions) => {
  const { verbosity = 1, extraVars = {}, requirements } = given
  if (!(Number.isInteger(verbosity) && verbosity >= 1 && verbosity <= 4))
    throw bad(`the verbosity is ${verbosity}, not 1 to 4.`)
  if (typeof extraVars !== 'object' || extraVars === null || Array.isArray(extraVars))
    throw bad('"extraVars" must be values by name.')
  return {
    verbosity,
    extraVars,
    vaults: vaultsOf(given.vaultPassword),
    tags: words('tags', given.tags, TAG),
    skipTags: words('skipTags', given.skipTags, TAG),
    groups: words('groups', given.groups, /^[A-Za-z_]\w*$/),
    files: words('files', given.files, /./),
    packages: words('packages', given.packages, PACKAGE),
    idempotent: given.idempotent ?? false,
    ...(requirements !== undefined && { requirements }),
  }
}

/** Checks the options and fills in what was left out. */
export const resolveOptions = (given: AnsibleOptions): Resolved => {
  known(given, Object.keys(KNOWN))
  const { stage = 'provision', playbook, ping = false } = given
  if (!STAGES.includes(stage)) throw bad(`the stage is "${stage}", not ${STAGES.join(', ')}.`)
  if (playbook === undefined && !ping) throw bad('it has nothing to do.', 'Give it a "playbook", or "ping".')
  if (playbook !== undefined && !/\.(ya?ml|json)$/.test(playbook))
    throw bad(`"${playbook}" is no playbook.`, 'Playbooks end in .yml or .yaml.')
  return { ...given, ...common(given), name: given.name ?? 'ansible', stage, ping }
}
