import { expect, test } from 'vitest'
import type { MachineSpec } from '../../../core/base/model/machine-spec.ts'
import type { ImageInput } from '../../../core/contract/config/input.ts'
import { platformMeta } from '../../../core/lesson/platform/meta.ts'
import { imageOf } from '../../support/image.ts'

const spec = { interfaces: 2, login: { user: 'antidote', password: 'antidotepassword' } } as MachineSpec

const metaOf = (
  input: Partial<ImageInput> = {},
  machine: Partial<MachineSpec> = {},
  secrets = new Set<string>(),
) => platformMeta(imageOf([], input), { ...spec, ...machine }, secrets)

test('everything the platform asks for, from the machine where the config says nothing', () => {
  expect(metaOf({ name: 'a.b_c', description: 'An endpoint' })).toEqual({
    slug: 'a-b-c',
    description: 'An endpoint',
    flavor: 'untrusted',
    enableForwarding: false,
    networkInterfaces: ['net0', 'net1'],
    sshUser: 'antidote',
    sshPassword: 'antidotepassword',
    configUser: 'antidote',
    configPassword: 'antidotepassword',
  })
})

test('what the config says', () => {
  const platform = {
    slug: 'Other-1',
    flavor: 'legacy' as const,
    enableForwarding: true,
    networkInterfaces: [],
    configUser: 'root',
    configPassword: 'other',
  }
  expect(metaOf({ platform })).toMatchObject(platform)
})

test('the names of the interfaces are those of the machine where it has names', () => {
  expect(metaOf({}, { interfaceNames: ['net1', 'swp1'] }).networkInterfaces).toEqual(['net1', 'swp1'])
})

test('a password that is a secret is not written down, whichever it is', () => {
  const secrets = new Set(['antidotepassword', 'hush'])
  expect(() => metaOf({}, {}, secrets)).toThrow(expect.objectContaining({ code: 'META_SECRET' }))
  const login = { user: 'antidote', password: 'open' }
  expect(() => metaOf({ platform: { configPassword: 'hush' } }, { login }, secrets)).toThrow(
    expect.objectContaining({ code: 'META_SECRET' }),
  )
  expect(() => metaOf({}, {}, secrets)).not.toThrow('antidotepassword')
  expect(metaOf({}, { login }, secrets).sshPassword).toBe('open')
})

test.for([
  [{ interfaceNames: ['eth0'] }, '"networkInterfaces.0" must not be eth0'],
  [{ login: { user: 'antidote', password: '' } }, '"sshPassword" must not be empty'],
] as const)('what the platform would refuse is refused here: %j', ([machine, says]) => {
  const make = () => metaOf({}, machine as Partial<MachineSpec>)
  expect(make).toThrow(expect.objectContaining({ code: 'META_INVALID' }))
  expect(make).toThrow(says)
})

test.for([
  { slug: 'a_b' },
  { slug: '' },
  { networkInterfaces: ['eth0'] },
  { flavor: 'privileged' as never },
  { configUser: '' },
])('the config cannot say %j', (platform) => {
  expect(() => imageOf([], { platform })).toThrow()
})
