import { AntidoteError, type Disk, type Guest, type Step, type Unkeyed } from 'antidote'
import type { Wanted } from './commands.ts'

/** One fact a line: its name, and what the switch says. */
const FACTS = `printf 'host %s\\n' "$(uname -n)"
printf 'groups %s\\n' "$(id -Gn "$1")"
vrf=$(readlink -f /sys/class/net/eth0/master) && printf 'vrf %s\\n' "\${vrf##*/}"
printf 'address %s\\n' "$(ip -4 -o address show dev eth0 | awk '{ print $4; exit }')"
printf 'ztp %s\\n' "$(ztp -s | awk '$1 == "State" { print $2 }')"
printf 'cards %s\\n' "$(cd /sys/class/net && ls -d swp* | sort -V | tr '\\n' ' ')"
`

/** The ports that a switch with so many has, in order. */
const portsOf = (interfaces: number): string =>
  Array.from({ length: interfaces }, (_, index) => `swp${index + 1}`).join(' ')

/** What is not as it was asked for, in words. */
export const deviations = (
  text: string,
  { hostname, user, release }: Wanted,
  interfaces: number,
): string[] => {
  const facts = new Map(
    text
      .split('\n')
      .map((line) => line.trim().split(/ +(.*)/) as [string, string | undefined])
      .map(([name, value]) => [name, value ?? '']),
  )
  const of = (name: string) => facts.get(name) ?? ''
  const groups = of('groups').split(' ')
  const wanted: [string, boolean][] = [
    [`the host name is ${hostname}`, of('host') === hostname],
    ...['sudo', ...release.groups].map((group): [string, boolean] => [
      `${user} is in the group ${group}`,
      groups.includes(group),
    ]),
    ['eth0 is in the VRF mgmt', of('vrf') === 'mgmt'],
    // nobody but the DHCP server gave it one
    ['eth0 has an address', of('address') !== ''],
    ['zero-touch provisioning is disabled', of('ztp') === 'disabled'],
    [`the switch ports are ${portsOf(interfaces) || 'none'}`, of('cards') === portsOf(interfaces)],
  ]
  return wanted.filter(([, holds]) => !holds).map(([fact]) => `not so: ${fact}`)
}

/** Asks the switch whether all of it took. Throws CUMULUS_CONFIGURATION. */
export const checkGuest = async (guest: Guest, wanted: Wanted, interfaces: number): Promise<void> => {
  const { stdout } = await guest.exec(['sh', '-c', FACTS, 'facts', wanted.user], { root: true })
  const wrong = deviations(stdout, wanted, interfaces)
  if (wrong.length > 0)
    throw new AntidoteError('CUMULUS_CONFIGURATION', 'The switch is not set up as it was asked for.', {
      lines: [...wrong, ...stdout.trim().split('\n')],
    })
}

/** The same in the machine that the step before left. */
export const check = (disk: Disk, step: Step, wanted: Wanted): Promise<Unkeyed<Disk>> =>
  step.boot(disk, async (machine) => {
    await checkGuest(await machine.guest(), wanted, machine.spec.interfaces)
    step.log.info('eth0 is in mgmt, zero-touch provisioning is off, the switch ports are in order')
  })
