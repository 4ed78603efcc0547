import { AntidoteError, type Guest, type Step } from 'antidote'

/** Errors of apt as people meet them, with the line that says it. */
const CAUSES: [pattern: RegExp, error: (match: RegExpExecArray) => AntidoteError][] = [
  [
    /Unable to locate package (\S+)|Package '?([^\s']+)'? has no installation candidate/,
    (match) =>
      new AntidoteError(
        'PACKAGE_UNKNOWN',
        `The package "${match[1] ?? match[2]}" is not in the suite's repositories.`,
        {
          hint: 'Check its name and the suite, or add the source that has it to `sources`.',
        },
      ),
  ],
  [
    /File not found - (\S+)/,
    (match) =>
      new AntidoteError('MIRROR_UNREACHABLE', `The directory of packages lacks ${match[1]}.`, {
        hint: 'Complete it, or name another place with the option `mirror` or `sources`.',
      }),
  ],
  [
    /(?:Failed to fetch|Err:\d+) (\S+).*?(Could not resolve|Connection refused|Could not connect|Unable to connect|connection timed out|404)/s,
    (match) =>
      new AntidoteError(
        'MIRROR_UNREACHABLE',
        `The mirror ${new URL(match[1]!).origin} cannot be used: ${match[2]}.`,
        {
          hint: 'Check the network, or name another one with the option `mirror`.',
        },
      ),
  ],
  [
    /(Could not resolve|Connection refused|Could not connect to|Unable to connect to|Temporary failure resolving) ?'?([^\s']*)/,
    (match) =>
      new AntidoteError('MIRROR_UNREACHABLE', `The mirror cannot be used: ${match[1]} ${match[2]}.`, {
        hint: 'Check the network, or name another one with the option `mirror`.',
      }),
  ],
  [
    /NO_PUBKEY (\w+)|The following signatures (?:couldn't|were invalid)|is not signed/,
    (match) =>
      new AntidoteError(
        'MIRROR_UNTRUSTED',
        `The packages are not signed by a known key${match[1] ? ` (${match[1]})` : ''}.`,
        {
          hint: 'Give the key of the source with `sources: [{ line, key }]`, or use a genuine mirror.',
        },
      ),
  ],
]

/** What tells of a cause, and how much of it is kept: packages and mirrors can have anything printed, and any amount. */
const TELLING = /^\s*(?:E|W|Err)\b|Failed|Unable|Could not|File not found/
const MOST = { lines: 100, characters: 500 }

/** Runs something that uses apt, and turns what apt says into one clear error. */
export const withApt = async <T>(
  act: (onLine: (line: string) => void) => Promise<T>,
  step: Step,
): Promise<T> => {
  const lines: string[] = []
  try {
    return await act((line) => {
      step.log.line(line)
      const start = line.slice(0, MOST.characters)
      if (!TELLING.test(start)) return
      lines.push(start)
      if (lines.length > MOST.lines) lines.shift()
    })
  } catch (error) {
    step.signal.throwIfAborted()
    const text = lines.join('\n')
    for (const [pattern, make] of CAUSES) {
      const match = pattern.exec(text)
      if (match) throw Object.assign(make(match), { cause: error })
    }
    throw error
  }
}

/** Installs packages in a tree and leaves no package lists or downloads behind. */
export const install = (step: Step, guest: Guest, packages: readonly string[]): Promise<void> =>
  withApt(async (onLine) => {
    const apt = (...args: string[]) =>
      guest.exec(['apt-get', '-y', '-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=3', ...args], {
        onLine,
      })
    await apt('update')
    await apt('install', '--no-install-recommends', ...packages)
    await apt('clean')
  }, step)
