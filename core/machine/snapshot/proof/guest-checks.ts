import { pause } from '../../../base/async/wait.ts'
import { errors } from '../../../base/errors/catalogue.ts'
import { isAntidoteError } from '../../../base/errors/error.ts'
import type { MachineSpec } from '../../../base/model/machine-spec.ts'
import type { RunningMachine } from '../../running.ts'

/** One of the machines that run side by side. */
export interface Member {
  /** As in `restored 1`. */
  name: string
  machine: RunningMachine
}

/** Milliseconds for a command, and until a card has its address: the guests run at once, and emulated. */
const PATIENCE = { command: 60_000, address: 60_000 }

/** What a Linux guest calls its NICs' addresses, by two ways: one address a line. */
const ASK = ['ip -o link show', 'cat /sys/class/net/*/address']

/** How a guest is asked for them: as it is shown, and as it is run. An appliance has its own way. */
const questionsOf = ({ cli }: MachineSpec): [string, readonly string[]][] =>
  cli ? [[cli.addresses.join(' '), cli.addresses]] : ASK.map((script) => [script, ['sh', '-c', script]])

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')

/** Fails the proof; `who` did not do as it must. */
const unproven = ({ name, machine }: Member, reason: string, lines: string[] = []): Error =>
  errors.snapshotUnproven(machine.spec.name, `${name}: ${reason}`, lines)

const ask = async ({ machine }: Member, argv: readonly string[]) => {
  // a deadline is a command of a shell's around it, which an appliance's CLI does not know
  const timeout = machine.spec.cli ? {} : { timeout: PATIENCE.command }
  const options = { allowFailure: true, ...timeout }
  const { code, stdout, stderr } = await machine.guest.exec(argv, options)
  return { code, stdout, lines: linesOf(`${stdout}\n${stderr}`) }
}

/**
 * Why a guest cannot be asked by a shell, in words; undefined where it can. An appliance may have no shell, or
 * be no Linux. Ask the one that was booted: what that can do, those that were restored must do too.
 */
export const unableToTell = async (member: Member): Promise<string | undefined> => {
  if (member.machine.spec.cli) return 'the guest has a CLI instead of a shell'
  try {
    const { stdout } = await ask(member, ['sh', '-c', 'echo $((6 * 7)); ls -d /sys/class/net'])
    if (!linesOf(stdout).includes('42')) return 'the guest runs no shell over SSH'
    if (!stdout.includes('/sys/class/net')) return 'the guest is no Linux'
  } catch (error) {
    if (isAntidoteError(error) && error.code === 'GUEST_TIMEOUT') return 'the guest runs no command over SSH'
    throw error
  }
  const { code } = await ask(member, ['sh', '-c', 'command -v ip'])
  return code === 0 ? undefined : 'the guest has no `ip`'
}

/** Checks that a guest shows its own addresses everywhere and no old one; gives what it was asked. Throws SNAPSHOT_UNPROVEN. */
export const checkAddresses = async (
  member: Member,
  own: readonly string[],
  old: readonly string[],
): Promise<string[]> => {
  const questions = questionsOf(member.machine.spec)
  for (const [question, argv] of questions) {
    const { code, stdout, lines } = await ask(member, argv)
    const said = stdout.toLowerCase()
    if (!own.some((mac) => said.includes(mac)) && code !== 0)
      throw unproven(member, `\`${question}\` ended with status ${code} in it`, lines)
    const left = old.find((mac) => said.includes(mac))
    if (left) throw unproven(member, `\`${question}\` still shows ${left}, with which it was saved`, lines)
    const missing = own.find((mac) => !said.includes(mac))
    if (missing) throw unproven(member, `\`${question}\` does not show its address ${missing}`, lines)
  }
  return questions.map(([question]) => question)
}

/** A guest's first data NIC, as the guest has it. */
interface Card {
  member: Member
  /** What the guest calls it. */
  name: string
  /** Its link-local address of IPv6. */
  address: string
}

const FIND = `for card in /sys/class/net/*; do
  [ ! -e "$card/device" ] || [ "$(cat "$card/address")" != "$1" ] || echo "\${card##*/}"
done`

/** The card, once its address is usable: IPv6 first makes sure that nobody has it. Undefined where it gets none. */
const cardOf = async (member: Member): Promise<Card | undefined> => {
  const found = await ask(member, ['sh', '-c', FIND, 'find', member.machine.macs[1]!])
  const name = found.stdout.trim()
  const late = performance.now() + PATIENCE.address
  while (name && performance.now() < late) {
    const { lines } = await ask(member, ['ip', '-6', '-o', 'address', 'show', 'dev', name, 'scope', 'link'])
    const usable = lines.find((line) => !/tentative|dadfailed/.test(line))
    const address = /inet6 (fe80:[0-9a-f:]+)/.exec(usable ?? '')?.[1]
    if (address) return { member, name, address }
    await pause(500)
  }
  return undefined
}

/** Checks that one reaches another and sees it under its own address. */
const checkPair = async (from: Card, to: Card): Promise<string> => {
  const { member, name } = from
  const told = `${member.name} → ${to.member.name}`
  const ping = await ask(member, ['ping', '-6', '-c', '3', '-W', '10', `${to.address}%${name}`])
  if (ping.code !== 0)
    throw unproven(member, `it does not reach ${to.member.name} at ${to.address}`, ping.lines)
  const seen = await ask(member, ['ip', '-6', 'neighbour', 'show', to.address, 'dev', name])
  const mac = to.member.machine.macs[1]!
  if (!seen.stdout.toLowerCase().includes(mac))
    throw unproven(member, `it does not see ${to.member.name} under ${mac}`, seen.lines)
  return told
}

/**
 * Checks that machines whose first data NICs are on one segment reach each other over IPv6; the last one was booted.
 * Gives who reached whom, or why that could not be tried. Throws SNAPSHOT_UNPROVEN.
 */
export const checkNeighbours = async (members: readonly Member[]): Promise<string[] | string> => {
  const booted = members.at(-1)!
  const { code } = await ask(booted, ['sh', '-c', 'command -v ping'])
  if (code !== 0) return 'the guest has no `ping`'
  const last = await cardOf(booted)
  if (!last) return 'the guest gives its first data interface no link-local address of IPv6'
  const cards: Card[] = []
  for (const member of members.slice(0, -1)) {
    const card = await cardOf(member)
    if (!card) throw unproven(member, 'its first data interface has no link-local address of IPv6')
    cards.push(card)
  }
  const reached: string[] = []
  const all = [...cards, last]
  for (const [index, to] of all.entries())
    for (const from of all.slice(0, index)) reached.push(await checkPair(from, to), await checkPair(to, from))
  return reached
}
