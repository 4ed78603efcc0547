import { basename } from 'node:path'
import { AntidoteError, type SessionExec } from 'antidote'
import type { Ended, Progress, Told } from './events.ts'
import { linkNamed, linksOut } from './links.ts'
import { look } from './look.ts'
import type { Host, Playbook } from './types.ts'

/** "file:line" of ansible, taken apart. */
const placeOf = (path: string): { file: string; line: number } | undefined => {
  const [, file, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(path) ?? []
  return file ? { file, line: Number(line) } : undefined
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

const linesOf = (...texts: unknown[]): string[] =>
  texts.flatMap((text) => textOf(text).split('\n')).filter((line) => line.trim() !== '')

/** What a module said, in the order in which people look for it. */
const output = ({ stderr, stdout, module_stderr, module_stdout, item, assertion }: Told): string[] => [
  ...linesOf(item === undefined ? undefined : `item: ${textOf(item)}`),
  ...linesOf(assertion === undefined ? undefined : `assertion: ${textOf(assertion)}`),
  ...linesOf(stdout, stderr, module_stdout, module_stderr).slice(-15),
]

/** A playbook as errors name it, and what it may read. */
type Named = Pick<Playbook, 'path' | 'readable'>

/** Why ansible misses a file of this side, where that is known better than by its own words, and what to do. */
const unseen = ({ readable }: Named, lines: readonly string[]): { reason?: string; hint?: string } => {
  const misses = /was not found|Could not find or access|could not be found|Unable to retrieve file/i
  if (!misses.test(lines.join('\n'))) return {}
  const link = linkNamed(linksOut(readable), lines)
  if (!link) return { hint: 'A playbook sees the files of its own directory, and what "files" names.' }
  return {
    reason: `${link.path} is a link that leads out of what the playbook sees, to ${link.target}`,
    hint: `Copy it there, or name ${link.target} in "files".`,
  }
}

const sentence = ({ msg, censored, rc }: Told = {}): string => {
  const [first] = linesOf(censored, msg)
  return (first ?? (rc === undefined ? 'it failed' : `exit status ${rc}`))
    .replace(/^Unexpected \w+ error: /, '')
    .replace(/\.$/, '')
}

/** Why a task failed, with play, task, place and what the module said. */
export const failure = async (
  playbook: Named,
  failed: Ended,
  host: Host,
  exec: SessionExec,
): Promise<AntidoteError> => {
  const { event, play, task, path, result = {}, items = [] } = failed
  const told = items[0] ?? result
  const place = placeOf(path)
  const { reason = sentence(told), ...hint } = unseen(playbook, linesOf(told.msg))
  const details = {
    ...(place && { place }),
    lines: [...linesOf(told.msg).slice(1), ...output(told)].slice(-15),
    ...hint,
  }
  if (event === 'unreachable')
    return new AntidoteError(
      'ANSIBLE_UNREACHABLE',
      `The task "${task}" of the play "${play}" cannot reach its host: ${sentence(told)}.`,
      { ...details, passing: true },
    )
  // 127 is what a shell ends with that finds no command
  const missing = result.rc === 127 && !(await look(exec)).python
  if (missing)
    return new AntidoteError(
      'ANSIBLE_NO_PYTHON',
      `The task "${task}" of the play "${play}" needs Python, and ${host.name} has none.`,
      {
        ...details,
        hint: 'Add the package "python3" to the image, or begin the playbook with `gather_facts: false` and a `raw` task that installs it.',
      },
    )
  return new AntidoteError(
    'ANSIBLE_TASK',
    `The task "${task}" of the play "${play}" in ${basename(playbook.path)} failed: ${reason}.`,
    details,
  )
}

/** The error that ended ansible, without the warnings before it. */
const complaints = (text: string): string[] => {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const first = lines.findIndex((line) => line.startsWith('[ERROR]'))
  return first < 0 ? lines.slice(-15) : lines.slice(first)
}

/** Why ansible ended before any task failed: it does not understand the playbook, or cannot open it. */
export const unreadable = (playbook: Named, code: number, stdout: string, stderr: string): AntidoteError => {
  const lines = complaints(stderr.trim() === '' ? stdout : stderr)
  const [first = ''] = lines
  const origin = lines.map((line) => /^Origin: (.+?:\d+)(?::\d+)?$/.exec(line.trim())?.[1]).find(Boolean)
  const place = origin ? placeOf(origin) : undefined
  const said = first.replace(/^\[ERROR\]: /, '').replace(/\.$/, '') || `exit status ${code}`
  const { reason = said, ...hint } = unseen(playbook, lines)
  return new AntidoteError('ANSIBLE_PLAYBOOK', `ansible cannot run ${basename(playbook.path)}: ${reason}.`, {
    ...(place && { place }),
    lines: lines.slice(1, 16),
    ...hint,
  })
}

/** Throws ANSIBLE_NO_HOSTS where no play was for the host: a run without any task has proved nothing. */
export const throwIfIdle = (playbook: string, host: string, { stats, skippedPlays }: Progress): void => {
  if (stats && stats.hosts.length > 0) return
  if (skippedPlays.length === 0) return
  throw new AntidoteError(
    'ANSIBLE_NO_HOSTS',
    `No play of ${basename(playbook)} is for the host "${host}": ${skippedPlays.map((play) => `"${play}"`).join(', ')}.`,
    { hint: 'Write `hosts: all`, or name the groups of the plays in "groups".' },
  )
}

/** A second run that changed something. */
export const notIdempotent = (playbook: string, changed: readonly Ended[]): AntidoteError => {
  const [first] = changed
  const place = first && placeOf(first.path)
  return new AntidoteError(
    'ANSIBLE_CHANGED',
    `${basename(playbook)} is not idempotent: run a second time, ${changed.map(({ task }) => `"${task}"`).join(', ')} changed something.`,
    {
      ...(place && { place }),
      lines: changed.map(({ play, task, path }) => `${play} › ${task} (${path})`),
      hint: 'Make these tasks look before they change, or say with `changed_when` what a change is.',
    },
  )
}
