import { describe, expect, test } from 'vitest'
import type { RunningMachine } from '../../../../core/machine/running.ts'
import {
  checkAddresses,
  checkNeighbours,
  type Member,
  unableToTell,
} from '../../../../core/machine/snapshot/proof/guest-checks.ts'
import { specOf } from '../../../base/model/machine-spec.ts'

const OLD = '52:54:00:a7:3c:e1'

type Answer = string | { code: number; stdout: string }

/** A guest that answers commands that contain these texts, and knows no other. */
const member = (name: string, macs: string[], answers: Record<string, Answer>): Member => ({
  name,
  machine: {
    spec: specOf(),
    macs,
    guest: {
      exec: async (argv: readonly string[]) => {
        const line = argv.join(' ')
        const [, answer = { code: 127, stdout: 'not found' }] =
          Object.entries(answers).find(([part]) => line.includes(part)) ?? []
        return { stderr: '', ...(typeof answer === 'string' ? { code: 0, stdout: answer } : answer) }
      },
    },
  } as unknown as RunningMachine,
})

const unproven = (text: string) => ({ code: 'SNAPSHOT_UNPROVEN', message: expect.stringContaining(text) })

describe('what a guest can be asked', () => {
  test.for<[string, Record<string, Answer>, string | undefined]>([
    ['a Linux guest', { 'echo $((': '42\n/sys/class/net', 'command -v ip': '/sbin/ip' }, undefined],
    ['an appliance whose login is a CLI', { 'echo $((': 'error: unknown command' }, 'no shell'],
    ['another system', { 'echo $((': '42\n' }, 'no Linux'],
    ['a Linux guest without tools', { 'echo $((': '42\n/sys/class/net' }, 'has no `ip`'],
  ])('%s', async ([, answers, reason]) => {
    const told = await unableToTell(member('booted', [], answers))
    if (reason) expect(told).toContain(reason)
    else expect(told).toBeUndefined()
  })
})

describe('its addresses', () => {
  const own = ['52:54:00:00:00:01', '52:54:00:00:00:02']
  const shows = (link: Answer, files: Answer = own.join('\n')) =>
    member('restored one', own, { 'ip -o link': link, '/sys/class/net/*/address': files })

  test('are shown by two ways', async () => {
    expect(await checkAddresses(shows(own.join('\n').toUpperCase()), own, [OLD])).toHaveLength(2)
  })

  test.for<[string, Answer, Answer, string]>([
    [
      'one is missing',
      own[0]!,
      own.join(),
      `restored one: \`ip -o link show\` does not show its address ${own[1]}`,
    ],
    ['an old one is left', `${own.join()} ${OLD}`, '', `still shows ${OLD}`],
    [
      'an old one is left in the other way',
      own.join(),
      OLD,
      `\`cat /sys/class/net/*/address\` still shows ${OLD}`,
    ],
    ['the command fails', { code: 1, stdout: '' }, '', 'ended with status 1'],
  ])('where %s, nothing is proven', async ([, link, files, text]) => {
    await expect(checkAddresses(shows(link, files), own, [OLD])).rejects.toMatchObject(unproven(text))
  })
})

describe('its neighbours', () => {
  const NAMES = ['restored one', 'restored two', 'booted']
  const macOf = (index: number) => `52:54:00:00:01:0${index}`
  const addressOf = (index: number) => `fe80::${index}`

  /** Three guests on one segment, each with what is changed of its answers. */
  const three = (changes: Record<string, Record<string, Answer>> = {}) =>
    NAMES.map((name, index) =>
      member(name, ['', macOf(index)], {
        ...changes[name],
        'command -v ping': '/bin/ping',
        '/sys/class/net': 'eth1',
        'address show dev eth1': `3: eth1    inet6 ${addressOf(index)}/64 scope link`,
        'ping -6': '1 received',
        ...Object.fromEntries(
          NAMES.map((_, other) => [
            `neighbour show ${addressOf(other)}`,
            `${addressOf(other)} lladdr ${macOf(other)} REACHABLE`,
          ]),
        ),
        // in the first place, and with the last word
        ...changes[name],
      }),
    )

  test('are reached both ways, each from each', async () => {
    const reached = await checkNeighbours(three())
    expect(reached).toHaveLength(6)
    expect(reached).toEqual(expect.arrayContaining(['restored one → restored two', 'booted → restored two']))
  })

  test('that cannot be reached prove nothing', async () => {
    const changes = {
      'restored two': { 'ping -6 -c 3 -W 10 fe80::0': { code: 1, stdout: '100% packet loss' } },
    }
    await expect(checkNeighbours(three(changes))).rejects.toMatchObject(
      unproven('restored two: it does not reach restored one at fe80::0'),
    )
  })

  test('that are seen under an address of another prove nothing', async () => {
    const changes = { 'restored one': { 'neighbour show fe80::1': `fe80::1 lladdr ${OLD} REACHABLE` } }
    await expect(checkNeighbours(three(changes))).rejects.toMatchObject(
      unproven(`restored one: it does not see restored two under ${macOf(1)}`),
    )
  })

  test('are not looked for where the booted guest has no ping', async () => {
    const changes = { booted: { 'command -v ping': { code: 1, stdout: '' } } }
    expect(await checkNeighbours(three(changes))).toContain('no `ping`')
  })

  test('are not looked for where the booted guest has no card, but a restored one must have it', async () => {
    const none = { '/sys/class/net': '' }
    expect(await checkNeighbours(three({ booted: none }))).toContain('no link-local address')
    await expect(checkNeighbours(three({ 'restored one': none }))).rejects.toMatchObject(
      unproven('restored one: its first data interface has no link-local address'),
    )
  })
})

describe('an appliance that has a CLI instead of a shell', () => {
  const own = ['52:54:00:00:00:01', '52:54:00:00:00:02']
  const appliance = (answer: string): Member => {
    const known = member('restored one', own, { 'show interfaces media': answer })
    return {
      ...known,
      machine: { ...known.machine, spec: specOf({ cli: { addresses: ['show', 'interfaces', 'media'] } }) },
    }
  }

  test('is asked for its addresses by that, and for nothing that needs a shell', async () => {
    const told = appliance(own.map((mac) => `  Current address: ${mac}`).join('\n'))
    expect(await unableToTell(told)).toBe('the guest has a CLI instead of a shell')
    expect(await checkAddresses(told, own, [OLD])).toEqual(['show interfaces media'])
  })

  test('fails the proof if it shows an old one', async () => {
    const told = appliance([...own, OLD].join('\n'))
    await expect(checkAddresses(told, own, [OLD])).rejects.toMatchObject(
      unproven(`\`show interfaces media\` still shows ${OLD}`),
    )
  })
})
