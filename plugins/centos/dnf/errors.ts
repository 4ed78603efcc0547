import { AntidoteError } from 'antidote'

/** What transaction.py says of a failure. */
export interface Told {
  kind: 'repository' | 'unknown' | 'dependency' | 'download' | 'key' | 'signature' | 'transaction'
  reason?: string
  name?: string
  names?: string[]
  file?: string
  missing?: string[]
  lines?: string[]
}

const lines = (text = ''): string[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 15)

/** The cause in what librepo and curl say, which they put after much else. */
const CAUSE =
  /(?:Couldn't|Could not) (?:resolve|connect)[^[\n]*|Status code: \d+[^[(\n]*|Timeout was reached[^[\n]*|Connection[^[\n]*/

const cause = (reason = ''): string =>
  (CAUSE.exec(reason)?.[0] ?? lines(reason).at(-1) ?? 'it cannot be read').trim()

const dependency = (reason = ''): AntidoteError => {
  const [, what, who] = /nothing provides (.+?) needed by (\S+)/.exec(reason) ?? []
  return what
    ? new AntidoteError('PACKAGE_DEPENDENCY', `The package ${who} needs ${what}, which no repository has.`, {
        lines: lines(reason),
        hint: 'Add the repository that has it to `sources`, or leave the package out.',
      })
    : new AntidoteError('PACKAGE_DEPENDENCY', 'The packages cannot be installed together.', {
        lines: lines(reason),
        hint: 'Leave out the package that the lines name, or take its repositories from one release.',
      })
}

/** Of a package that is installed, or of two that are to be. */
const CONFLICTS = [
  /file (\S+) from install of (\S+) conflicts with file from package (\S+)/,
  /file (\S+) conflicts between attempted installs of (\S+) and (\S+)/,
]

/** rpm's own words come first: they have the name whole. */
const SCRIPTS = [/%(\w+)\((\S+)\) scriptlet failed/, /Error in (\w+) scriptlet in rpm package (\S+)/]

const first = (patterns: readonly RegExp[], text: string): readonly (string | undefined)[] =>
  patterns.map((pattern) => pattern.exec(text)).find((match) => match !== null) ?? []

const transaction = ({ reason = '', lines: printed = [] }: Told): AntidoteError => {
  const [, file, one, other] = first(CONFLICTS, reason)
  if (file) {
    const message = `${one} and ${other} both have ${file}, with other content.`
    return new AntidoteError('PACKAGE_CONFLICT', message, {
      lines: lines(reason),
      hint: 'Install one of them.',
    })
  }
  const [, script, name] = first(SCRIPTS, [...printed, reason].join('\n'))
  const message = name ? `The script %${script} of ${name} failed.` : 'The packages were not installed.'
  return new AntidoteError('PACKAGE_SCRIPT', message, {
    lines: [...printed.flatMap(lines), ...lines(reason)].slice(0, 15),
    hint: 'The log has everything that scripts printed.',
  })
}

const MAKERS: Record<Told['kind'], (told: Told) => AntidoteError> = {
  repository: ({ name, reason }) =>
    new AntidoteError('MIRROR_UNREACHABLE', `The repository "${name}" cannot be used: ${cause(reason)}.`, {
      lines: lines(reason),
      hint: 'Check the network, or name another mirror with the option `mirror` or `repositories`.',
    }),
  unknown: ({ names = [] }) =>
    new AntidoteError('PACKAGE_UNKNOWN', `The package "${names[0]}" is not in the release's repositories.`, {
      lines: names.slice(1).map((name) => `Nor is "${name}".`),
      hint: 'Check its name and the release, or add the repository that has it to `sources`.',
    }),
  dependency: ({ reason }) => dependency(reason),
  download: ({ reason }) =>
    new AntidoteError('DOWNLOAD_FAILED', `A package cannot be downloaded: ${cause(reason)}.`, {
      lines: lines(reason),
      hint: 'Check the network and the mirror, and build again: what was fetched is kept.',
    }),
  key: ({ file, reason }) =>
    new AntidoteError(
      'MIRROR_UNTRUSTED',
      `The key ${file} cannot be used: ${(lines(reason)[0] ?? 'rpm refuses it').replace(/\.$/, '')}.`,
      {
        hint: 'Give the public key that signs the packages, armoured.',
      },
    ),
  signature: ({ name, reason, missing = [] }) =>
    new AntidoteError('MIRROR_UNTRUSTED', `The package ${name} is not signed by a known key.`, {
      lines: [
        ...lines(reason),
        ...missing.map((fingerprint) => `No package brought the key ${fingerprint}.`),
      ],
      hint: 'Give the key of the repository with `key` or `fingerprint`, or use a genuine mirror.',
    }),
  transaction,
}

/** Characters: a repository can have any amount of text said of it, and patterns look for their ends from each beginning. */
const MOST = 10_000

/** One clear error of what transaction.py says. */
export const errorOf = ({ reason, lines: printed, ...told }: Told): AntidoteError =>
  MAKERS[told.kind]({
    ...told,
    ...(reason !== undefined && { reason: reason.slice(0, MOST) }),
    ...(printed && { lines: [printed.join('\n').slice(-MOST)] }),
  })
