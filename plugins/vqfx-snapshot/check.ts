import {
  AntidoteError,
  type Disk,
  openNetconf,
  type Step,
  select,
  textOf,
  type Unkeyed,
  type XmlData,
} from 'antidote'
import type { Resolved } from './options.ts'
import { ADDRESSES, GATEWAY, type Wanted } from './statements.ts'

/** The capability by which a Junos device is known: NETCONF XML Management Protocol Developer Guide, "Start a NETCONF Session". */
const JUNOS = 'http://xml.juniper.net/netconf/junos/1.0'

/** The question in the guide's own form, "Request Configuration Data Using NETCONF". */
const FILTER = { subtree: '<configuration><system/><interfaces/><routing-options/></configuration>' }

/** What of the configuration is not as it was asked for, in words. */
export const deviations = (data: XmlData, { hostname, user }: Wanted): string[] => {
  const at = (path: string) => select(data, `configuration/${path}`)
  const found = (path: string, value: string) => at(path).some((one) => textOf(one) === value)
  const em0 = "interfaces/interface[name='em0']/unit[name='0']/family/inet/address/name"
  const route = "routing-options/static/route[name='0.0.0.0/0']/next-hop"
  const facts: [string, boolean][] = [
    [`the host name is ${hostname}`, found('system/host-name', hostname)],
    [`${user} is of the class super-user`, found(`system/login/user[name='${user}']/class`, 'super-user')],
    ['SSH is served', at('system/services/ssh').length > 0],
    ['NETCONF is served over SSH', at('system/services/netconf/ssh').length > 0],
    ['NETCONF is rfc-compliant', at('system/services/netconf/rfc-compliant').length > 0],
    [`em0 has ${ADDRESSES.em0}`, found(em0, ADDRESSES.em0)],
    [`the default route leads to ${GATEWAY}`, found(route, GATEWAY)],
  ]
  return facts.filter(([, holds]) => !holds).map(([fact]) => `not so: ${fact}`)
}

/** Asks over NETCONF, as the super-user, whether all of it took. Throws VQFX_FOREIGN and VQFX_CONFIGURATION. */
export const check = (
  disk: Disk,
  step: Step,
  { password, deadline }: Resolved,
  wanted: Wanted,
): Promise<Unkeyed<Disk>> =>
  step.boot(disk, async (machine) => {
    const session = await openNetconf({
      ...machine.at(830),
      username: wanted.user,
      password,
      dialect: 'junos',
      wait: true,
      openDeadline: deadline * 1000,
      deadline: Math.min(deadline, 600) * 1000,
      signal: step.signal,
    })
    try {
      if (!session.has(JUNOS))
        throw new AntidoteError(
          'VQFX_FOREIGN',
          `The NETCONF server of the disk is not one of Junos: it lacks the capability ${JUNOS}.`,
          { lines: [...session.capabilities], hint: 'Check that `disk` is the routing engine.' },
        )
      const { data } = await session.getConfig('running', FILTER)
      const wrong = deviations(data, wanted)
      if (wrong.length > 0)
        throw new AntidoteError(
          'VQFX_CONFIGURATION',
          `The switch answers over NETCONF, but its configuration is not the one that was committed.`,
          { lines: wrong },
        )
      step.log.info(`${wanted.user} has a NETCONF session, and the configuration is as committed`)
    } finally {
      await session.close()
    }
  })
