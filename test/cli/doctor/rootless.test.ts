import { expect, test } from 'vitest'
import { rootlessNetwork } from '../../../core/cli/doctor/rootless.ts'
import { fakeHosts, INSTALL, lines } from './fake.ts'

const host = fakeHosts()
const podman = (version: string) => `echo "podman version ${version}"`
const apt = { 'apt-get': 'true', sudo: 'true' }

test.each([
  ['4.3.1', 'slirp4netns'],
  ['5.4.2', 'passt'],
])(
  'an ordinary user with podman %s and no way to forward ports is told to install %s',
  async (version, name) => {
    const [check] = rootlessNetwork(host({ commands: { ...apt, podman: podman(version) } }))
    const { ok, detail, fix } = await check!.run()
    expect(ok).toBe(false)
    expect(detail).toContain('neither pasta nor slirp4netns is on this machine')
    expect(lines(fix)).toContain(`${INSTALL} ${name}`)
  },
)

test('either of them will do', async () => {
  for (const name of ['pasta', 'slirp4netns']) {
    const [check] = rootlessNetwork(host({ commands: { podman: podman('5.4.2'), [name]: 'true' } }))
    expect(await check!.run()).toEqual({ ok: true, detail: name })
  }
})

test('root and a machine without podman are not asked', () => {
  expect(rootlessNetwork(host({ uid: 0, commands: { podman: podman('5.4.2') } }))).toEqual([])
  expect(rootlessNetwork(host())).toEqual([])
})
