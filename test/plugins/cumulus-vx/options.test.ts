import { describe, expect, test } from 'vitest'
import { specifyMachine } from '../../../core/build/first-machine.ts'
import { secret } from '../../../core/index.ts'
import { hardware } from '../../../plugins/cumulus-vx/hardware.ts'
import { type CumulusVxOptions, resolveOptions } from '../../../plugins/cumulus-vx/options.ts'
import { isRelease, releaseOf } from '../../../plugins/cumulus-vx/releases.ts'
import { cumulusEndpoint } from '../../../presets/index.ts'
import { buildOf, imageOf, newStore, planOf } from '../../support/image.ts'
import { refusal } from '../../support/refusal.ts'

const SHA256 = 'a'.repeat(64)
const DISK = { path: 'cumulus.qcow2', sha256: SHA256 }

describe('releases', () => {
  test.each([
    ['3.7', 'nclu', 'CumulusLinux!', ['netshow', 'netedit'], true],
    ['4.1.1', 'nclu', 'CumulusLinux!', ['netshow', 'netedit'], false],
    ['4.4', 'nclu', 'cumulus', ['netshow', 'netedit'], false],
    ['5.0', 'nvue', 'cumulus', ['nvshow', 'nvset', 'nvapply'], false],
    ['5.12.1', 'nvue', 'cumulus', ['nvshow', 'nvset', 'nvapply'], false],
  ])('%s: %s, password, groups', (name, cli, password, groups, slowLogin) => {
    expect(releaseOf(name)).toEqual({ name, cli, password, groups, slowLogin })
  })

  test('a name stands for its patches, and for no other release', () => {
    const release = releaseOf('5.1')!
    expect(['5.1', '5.1.0'].map((found) => isRelease(found, release))).toEqual([true, true])
    expect(['5.10.0', '5', '4.4.5', ''].map((found) => isRelease(found, release))).toEqual(
      Array(4).fill(false),
    )
  })
})

describe('options', () => {
  test('what is left out goes by the release', () => {
    expect(resolveOptions({ disk: DISK, release: '3.7' })).toEqual({
      disk: DISK,
      release: releaseOf('3.7'),
      credentials: { user: 'cumulus', password: 'CumulusLinux!' },
      user: 'antidote',
      password: 'antidotepassword',
      hostname: undefined,
      interfaces: 8,
      memory: 2048,
      deadline: 3600,
      snapshot: true,
    })
  })

  test.each([
    ['disk must say', { disk: { path: 'x', sha256: 'abc' } }],
    ['disk must say', { disk: { path: 'x', url: 'https://host/x', sha256: SHA256 } }],
    ['release is missing', { release: undefined }],
    ['none of 3.7, 4 and 5', { release: '2.5' }],
    ['none of 3.7, 4 and 5', { release: '5' }],
    ['none of 3.7, 4 and 5', { release: '3.6' }],
    ['Did you mean "memory"?', { memroy: '2G' }],
    ['no size', { memory: '2048' }],
    ['whole number from 0 to 64', { interfaces: 65 }],
    ['cannot be the user', { user: 'cumulus' }],
    ['cannot be a user', { user: 'a b' }],
    ['cannot be the host name', { hostname: 'lab; reboot' }],
  ])('a wrong one is told: %s', (text, options) => {
    expect(
      refusal(() => resolveOptions({ disk: DISK, release: '5.12', ...options } as CumulusVxOptions)),
    ).toContain(text)
  })

  test('more ports than the bus has room for are behind a bridge', () => {
    const machine = (interfaces: number) =>
      hardware(resolveOptions({ disk: DISK, release: '5.12', interfaces }))
    expect(machine(14)).not.toHaveProperty('bridge')
    expect(machine(15)).toMatchObject({ bridge: true, interfaces: 15 })
  })
})

describe('the image', () => {
  const image = (options: Partial<CumulusVxOptions> = {}) =>
    imageOf(cumulusEndpoint({ disk: DISK, release: '5.12', ...options }), { name: 'cvx.lab' })

  test('its passwords are in no key', () => {
    const options = { password: secret('open-Sesame'), credentials: { password: secret('inside-Out') } }
    expect(JSON.stringify(planOf(image(options)))).not.toMatch(/open-Sesame|inside-Out/)
  })

  test('where the disk lies is not in its key', () => {
    const keys = (options: Partial<CumulusVxOptions>) =>
      Object.values(planOf(image(options))).flatMap((steps) => steps.map(({ key }) => key))
    expect(keys({ disk: { url: 'https://host/other.qcow2', sha256: SHA256 } })).toEqual(keys({}))
    expect(keys({ disk: { ...DISK, sha256: 'b'.repeat(64) } })).not.toEqual(keys({}))
    expect(keys({ release: '4.4' })).not.toEqual(keys({}))
  })

  test('its machine has a name and a login, and is saved', async () => {
    const { build } = await buildOf(image(), await newStore())
    expect(await specifyMachine(build)).toMatchObject({
      hostname: 'cvx-lab',
      login: { user: 'antidote', password: 'antidotepassword' },
      snapshot: true,
    })
  })
})
