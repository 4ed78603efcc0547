import { type HostKeyPolicy, optionChecks, type Secret, type XmlContent } from 'antidote'

/** The ready configurations, and the values that each wants. */
export const TEMPLATES = {
  'ietf-hostname': ['hostname'],
  'ietf-interface': ['interface', 'description'],
  'ietf-address': ['interface', 'address', 'length'],
  'junos-hostname': ['hostname'],
  'junos-address': ['interface', 'address', 'length'],
} as const

export type Template = keyof typeof TEMPLATES

/** A configuration and how it is applied. */
export interface Change {
  /** A file with it, relative to the config: XML, or what `format` says. */
  file?: string
  /** One of the ready ones, with `values`. */
  template?: Template
  /** The configuration itself: XML text, or elements by name. */
  config?: string | { readonly [name: string]: XmlContent }
  /** What replaces `{{name}}` in the text, escaped. */
  values?: Readonly<Record<string, string | number | boolean | Secret>>
  /** `xml` if left out; `text` and `set` are Junos's own. */
  format?: 'xml' | 'text' | 'set'
  /** Junos's way to load it. */
  action?: 'merge' | 'replace' | 'override' | 'update'
  /** The candidate where the server has one, else running. */
  target?: 'running' | 'candidate'
  defaultOperation?: 'merge' | 'replace' | 'none'
  testOption?: 'test-then-set' | 'set'
  errorOption?: 'stop-on-error' | 'continue-on-error' | 'rollback-on-error'
  validate?: boolean
  /** Seconds for which it is committed until a new session has shown that the device still answers. */
  confirm?: number
}

/** What a device must say. */
export interface Assertion {
  /** What it shows, for messages; the path if left out. */
  name?: string
  /** By subtree, as XML or elements by name. */
  subtree?: string | { readonly [name: string]: XmlContent }
  xpath?: string
  /** Prefixes of the XPath expression. */
  namespaces?: Readonly<Record<string, string>>
  /** The datastore that is asked; state and configuration if left out. */
  source?: 'running' | 'candidate' | 'startup'
  /** Which elements of the answer are meant: `interfaces/interface[name='eth0']/enabled`. */
  path: string
  /** Their texts, in any order; one text for one element. */
  equals?: string | readonly string[]
  /** A regular expression that each of them matches. */
  matches?: string
  /** How many there are; one or more if nothing else is said. */
  count?: number
}

export interface NetconfPluginOptions {
  /** Another name, to use the plugin twice in an image. */
  name?: string
  /** 830 if left out. */
  port?: number
  /** The machine's own login if left out. */
  username?: string
  password?: string | Secret
  dialect?: 'generic' | 'junos'
  /** Any key if left out: a machine of a lab makes its own when it first starts. */
  hostKey?: HostKeyPolicy
  /** Seconds for each answer; 60 if left out. */
  deadline?: number
  /** Applied to the disk, in a machine, while the image is built. */
  provision?: Change | readonly Change[]
  /** Applied to a running endpoint. */
  configure?: Change | readonly Change[]
  /** Applies what the stage of a lesson names for a running endpoint. */
  lesson?: boolean
  /** Asked of the machine that is tested. */
  test?: Assertion | readonly Assertion[]
}

/** Options with everything filled in. */
export interface Resolved extends Omit<NetconfPluginOptions, 'provision' | 'configure' | 'test'> {
  name: string
  port: number
  dialect: 'generic' | 'junos'
  deadline: number
  provision: readonly Change[]
  configure: readonly Change[]
  test: readonly Assertion[]
}

const namesOf = <T>(names: Record<keyof T, true>) => Object.keys(names)

const OPTIONS = namesOf<NetconfPluginOptions>({
  name: true,
  port: true,
  username: true,
  password: true,
  dialect: true,
  hostKey: true,
  deadline: true,
  provision: true,
  configure: true,
  lesson: true,
  test: true,
})

const CHANGE = namesOf<Change>({
  file: true,
  template: true,
  config: true,
  values: true,
  format: true,
  action: true,
  target: true,
  defaultOperation: true,
  testOption: true,
  errorOption: true,
  validate: true,
  confirm: true,
})

const ASSERTION = namesOf<Assertion>({
  name: true,
  subtree: true,
  xpath: true,
  namespaces: true,
  source: true,
  path: true,
  equals: true,
  matches: true,
  count: true,
})

const { bad, known } = optionChecks('netconf')

const list = <T>(given: T | readonly T[] | undefined): readonly T[] =>
  given === undefined ? [] : Array.isArray(given) ? given : [given as T]

const checkTemplate = (
  template: Template,
  values: NonNullable<Change['values']>,
  where: string,
  dialect: string,
): void => {
  if (!Object.hasOwn(TEMPLATES, template))
    throw bad(`"${where}.template" is "${template}".`, `There are ${Object.keys(TEMPLATES).join(', ')}.`)
  if (template.startsWith('junos-') !== (dialect === 'junos'))
    throw bad(`"${where}.template" is "${template}", and the dialect is "${dialect}".`)
  for (const name of TEMPLATES[template])
    if (values[name] === undefined)
      throw bad(`"${where}.values" lacks "${name}" for the template "${template}".`)
}

const checkChange = (change: Change, where: string, dialect: string): void => {
  known(change, CHANGE, `${where}.`)
  const { file, template, config, values, format = 'xml', action, confirm } = change
  if ([file, template, config].filter((given) => given !== undefined).length !== 1)
    throw bad(`"${where}" needs "file", "template" or "config", and one of them.`)
  if (template !== undefined) checkTemplate(template, values ?? {}, where, dialect)
  if (dialect === 'generic' && (format !== 'xml' || action !== undefined))
    throw bad(`"${where}" has a format or an action that only Junos knows.`, "Set dialect: 'junos'.")
  if (typeof config === 'object' && (values || format !== 'xml'))
    throw bad(`"${where}.config" must be a text where there are values or a format.`)
  if (confirm !== undefined && !(Number.isInteger(confirm) && confirm > 0))
    throw bad(`"${where}.confirm" must be a number of seconds.`)
}

const checkAssertion = (assertion: Assertion, where: string): void => {
  known(assertion, ASSERTION, `${where}.`)
  if (typeof assertion.path !== 'string' || assertion.path === '')
    throw bad(`"${where}" needs a "path".`, "A path looks like interfaces/interface[name='eth0']/enabled.")
  if (assertion.subtree !== undefined && assertion.xpath !== undefined)
    throw bad(`"${where}" has both "subtree" and "xpath".`)
  try {
    new RegExp(assertion.matches ?? '')
  } catch {
    throw bad(`"${where}.matches" is not a regular expression: ${assertion.matches}.`)
  }
}

/** Checks the options and fills in what was left out. */
export const resolveOptions = (given: NetconfPluginOptions): Resolved => {
  known(given, OPTIONS)
  const { dialect = 'generic', port = 830, deadline = 60 } = given
  if (!['generic', 'junos'].includes(dialect)) throw bad(`the dialect is "${dialect}", not generic or junos.`)
  if (!(Number.isInteger(port) && port > 0 && port < 65536)) throw bad(`the port is ${port}.`)
  if (!(deadline > 0)) throw bad(`the deadline is ${deadline}, which is no number of seconds.`)
  const [provision, configure, test] = [list(given.provision), list(given.configure), list(given.test)]
  if (provision.length + configure.length + test.length === 0 && !given.lesson)
    throw bad('it has nothing to do.', 'Give it "provision", "configure", "lesson" or "test".')
  provision.forEach((change, index) => {
    checkChange(change, `provision[${index}]`, dialect)
  })
  configure.forEach((change, index) => {
    checkChange(change, `configure[${index}]`, dialect)
  })
  test.forEach((assertion, index) => {
    checkAssertion(assertion, `test[${index}]`)
  })
  return { ...given, name: given.name ?? 'netconf', dialect, port, deadline, provision, configure, test }
}
