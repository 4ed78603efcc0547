import { openNetconf, xml } from 'antidote'
import { expect, test } from 'vitest'
import { specify, withMachine } from '../../core/build/boot.ts'
import { withBuild } from '../../core/cli/session/with-build.ts'
import { antidoteJson } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { heldBack } from './held-back.ts'
import { asserts, netconfDirectory, provisionedDirectory } from './netconf-image.ts'

const work = temporaryDirectory()

const CHANGE = (name: string, description: string) =>
  `{ file: 'change.xml', values: { name: '${name}', description: '${description}' }, confirm: 60 }`

interface Tests {
  failed: number
  tests: { plugin: string; ok: boolean; message?: string }[]
}

const ofNetconf = ({ tests }: Tests) => tests.filter(({ plugin }) => plugin === 'netconf')

test('a machine whose server is netconfd is asked what it says', async () => {
  const wanted = [
    asserts('eth1', 'nobody has set it'),
    `{ path: 'netconf-state/capabilities/capability', matches: ':' }`,
  ]
  const directory = netconfDirectory(work, `{ test: [${wanted.join(', ')}] }`)
  const report = await antidoteJson<Tests>(['-C', directory, 'test'])
  expect(report).toMatchObject({ code: 1, failed: 1 })
  expect(ofNetconf(report)).toMatchObject([
    { ok: false, message: expect.stringMatching(/expected "nobody has set it", found nothing/) },
  ])
})

test('a disk is provisioned in a machine, which keeps what was committed', async () => {
  const base = netconfDirectory(work, `{ test: { path: 'x' } }`)
  const built = await antidoteJson<{ artifact: { path: string } }>(['-C', base, 'build'])
  const provision = `provision: ${CHANGE('eth1', 'set while it was built')}`
  const directory = provisionedDirectory(
    work,
    built.artifact.path,
    `{ ${provision}, test: ${asserts('eth1', 'set while it was built')} }`,
  )
  const report = await antidoteJson<Tests>(['-C', directory, 'test'])
  expect(report).toMatchObject({ code: 0, failed: 0 })
  expect(ofNetconf(report)).toMatchObject([{ ok: true }])
})

test('a running endpoint is configured, and again, without a difference', async () => {
  const directory = netconfDirectory(work, `{ configure: ${CHANGE('eth2', 'a <b> & "c"')} }`)
  await withBuild({ json: true, directory }, 'boot', async ({ build }) => {
    const { disk, spec } = await specify(build)
    await withMachine(
      build,
      disk,
      spec,
      { changes: 'overlay' },
      async ({ ssh, forwards, spec: { login } }) => {
        const port = forwards.find((one) => one.port === 830)!.hostPort
        const place = ['--host', ssh.host, '--port', String(ssh.port), '--forward', `${port}:830`]
        const running = async (at = port) => {
          const session = await openNetconf({
            host: ssh.host,
            port: at,
            username: login.user,
            password: login.password,
          })
          const filter = { subtree: xml`<interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces"/>` }
          const { data } = await session.getConfig('running', filter)
          await session.close()
          return data
        }
        const configure = () => antidoteJson(['-C', directory, 'configure', ...place])
        expect(await configure()).toMatchObject({ code: 0 })
        const first = await running()
        expect(first).toMatchObject({
          interfaces: { interface: { name: 'eth2', description: 'a <b> & "c"' } },
        })
        expect(await configure()).toMatchObject({ code: 0 })
        expect(await running()).toEqual(first)
        // netconfd gets the hello and the first rpc in one piece
        const slow = await heldBack(port, 1000)
        expect(await running(slow.port).finally(slow.close)).toEqual(first)
      },
    )
  })
})
