import { errors } from '../../base/errors/catalogue.ts'
import type { Command } from './command.ts'

/** A line of a batch that was refused. */
export interface Refusal {
  command: Command
  /** What the kernel or the program said. */
  reason: string
}

const plain = (line: string): string => line.replace(/^(Error|RTNETLINK answers): /, '').replace(/\.$/, '')

/** What `-force -batch` prints on standard error: what is wrong with a line, then `Command failed -:<line>`. */
export const parseRefusals = (stderr: string, commands: readonly Command[]): Refusal[] => {
  const refusals: Refusal[] = []
  let said: string[] = []
  for (const line of stderr.split('\n').filter((text) => text.trim() !== '')) {
    const [, number] = /^Command failed .*:(\d+)$/.exec(line) ?? []
    if (number === undefined) {
      said.push(line)
      continue
    }
    const command = commands[Number(number) - 1]
    if (command) refusals.push({ command, reason: plain(said[0] ?? 'no reason given') })
    said = []
  }
  return refusals
}

/** Whether an interface went away before its line was run. */
export const isVanished = ({ reason }: Refusal): boolean => /^Cannot find device/.test(reason)

/** The refusals of interfaces without the filter they were to get; a hook that was there already is fine. */
export const missingFilters = (refusals: readonly Refusal[]): Refusal[] => {
  const without = new Set(
    refusals.filter(({ command }) => command.argv[1] === 'add').map(({ command }) => command.subject),
  )
  return refusals.filter(({ command }) => without.has(command.subject))
}

/** The kernel module that tc asked for in vain, by what the kernel says of each: net/sched, *_api.c. */
const missingModule = ({ command, reason }: Refusal): string | undefined => {
  if (command.argv[0] === 'qdisc' && /qdisc kind is unknown|not found/i.test(reason)) return 'sch_ingress'
  if (/classifier not found/i.test(reason)) return 'cls_u32'
  if (/action module/i.test(reason)) return 'act_mirred'
  return undefined
}

/** The error for a joint that cannot be made. */
export const refused = (refusal: Refusal): Error => {
  const { subject } = refusal.command
  const module = missingModule(refusal)
  return module ? errors.networkKernel(module, subject) : errors.networkFailed(subject, refusal.reason)
}
