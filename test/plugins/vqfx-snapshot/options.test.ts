import { describe, expect, test } from 'vitest'
import { specifyMachine } from '../../../core/build/first-machine.ts'
import { secret } from '../../../core/index.ts'
import { resolveOptions, type VqfxSnapshotOptions } from '../../../plugins/vqfx-snapshot/options.ts'
import { vqfxEndpoint } from '../../../presets/index.ts'
import { buildOf, imageOf, newStore, planOf } from '../../support/image.ts'
import { refusal } from '../../support/refusal.ts'

const SHA256 = 'a'.repeat(64)
const DISK = { path: 'vqfx.vmdk', sha256: SHA256 }

describe('options', () => {
  test('what is left out is as projects have it', () => {
    expect(resolveOptions({ disk: DISK })).toEqual({
      disk: DISK,
      credentials: { user: 'root', password: 'Juniper' },
      user: 'antidote',
      password: 'antidotepassword',
      hostname: undefined,
      interfaces: 8,
      memory: 2048,
      deadline: 3600,
    })
    expect(resolveOptions({ disk: DISK, memory: '1.5G' }).memory).toBe(1536)
  })

  test.each([
    ['disk must say', { disk: { path: 'x', sha256: 'abc' } }],
    ['disk must say', { disk: { sha256: SHA256 } }],
    ['disk must say', { disk: { path: 'x', url: 'https://host/x', sha256: SHA256 } }],
    ['Did you mean "memory"?', { disk: DISK, memroy: '2G' }],
    ['no size', { disk: DISK, memory: '2048' }],
    ['whole number from 0 to 9', { disk: DISK, interfaces: 10 }],
    ['cannot be the user', { disk: DISK, user: 'root' }],
    ['cannot be the host name', { disk: DISK, hostname: 'lab; reboot' }],
  ])('a wrong one is told: %s', (text, options) => {
    expect(refusal(() => resolveOptions(options as VqfxSnapshotOptions))).toContain(text)
  })
})

describe('the image', () => {
  const image = (options: Partial<VqfxSnapshotOptions> = {}) =>
    imageOf(vqfxEndpoint({ disk: DISK, ...options }), { name: 'vqfx.lab' })

  test('its passwords are in no key', () => {
    const text = JSON.stringify(
      planOf(image({ password: secret('open-Sesame'), credentials: { password: secret('inside-Out') } })),
    )
    expect(text).not.toMatch(/open-Sesame|inside-Out/)
  })

  test('where the disk lies is not in its key', () => {
    const keys = (options: Partial<VqfxSnapshotOptions>) =>
      Object.values(planOf(image(options))).flatMap((steps) => steps.map(({ key }) => key))
    expect(keys({ disk: { url: 'https://host/other.qcow2', sha256: SHA256 } })).toEqual(keys({}))
    expect(keys({ disk: { ...DISK, sha256: 'b'.repeat(64) } })).not.toEqual(keys({}))
  })

  test('its machine is ready with NETCONF, and is saved', async () => {
    const store = await newStore()
    const { build } = await buildOf(image(), store)
    expect(await specifyMachine(build)).toMatchObject({
      hostname: 'vqfx-lab',
      ready: { kind: 'netconf', port: 830 },
      login: { user: 'antidote', password: 'antidotepassword' },
      snapshot: true,
    })
  })
})
