import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { Container, type ContainerOptions, JOINS } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import { loadEndpoint } from './endpoint-image.ts'
import { makeCables } from './interfaces.ts'
import { podman } from './podman.ts'

const cables = makeCables('aepriv')
const NAME = 'antidote-e2e-privileges'
const QEMU_USER = '64055'
/** CAP_NET_BIND_SERVICE in proc(5)'s masks. */
const BIND = '0000000000000400'
const NONE = '0000000000000000'
/** With CAP_FSETID, which keeps QEMU out, and the same with CAP_NET_ADMIN. */
const LISTENS = '0000000000000410'
const JOINS_TOO = '0000000000001410'

const work = temporaryDirectory()
beforeAll(() => loadEndpoint(work))

/** What QEMU may do in a container. */
const qemu = async (container: Container) => {
  const { status } = await container.process('qemu-system')
  const { Uid, CapEff, CapPrm, CapAmb, Seccomp, NoNewPrivs } = status
  return { user: Uid!.split(/\s+/)[1], CapEff, CapPrm, CapAmb, Seccomp, NoNewPrivs }
}

/** What the container's first process may do; it may gain nothing by what it runs. */
const launcher = async (container: Container) => {
  const status = readFileSync(`/proc/${await container.pid()}/status`, 'utf8')
  const of = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)![1]!
  const [user, CapEff, CapPrm, NoNewPrivs] = ['Uid', 'CapEff', 'CapPrm', 'NoNewPrivs'].map(of)
  return { user, CapEff, CapPrm, NoNewPrivs }
}

const limited = (user: string, caps: string) => ({ user, CapEff: caps, CapPrm: caps, NoNewPrivs: '1' })

/** Capabilities, of which QEMU has either none or that to listen below 1024; its sandbox is on. */
const confined = (user: string, caps: string) => ({
  user,
  CapEff: caps,
  CapPrm: caps,
  CapAmb: caps,
  Seccomp: '2',
  NoNewPrivs: '1',
})

describe('without data interfaces it works', () => {
  test.each<[string, string[], ReturnType<typeof confined>]>([
    ['as podman runs it', [], confined(QEMU_USER, BIND)],
    ['without any capability', ['--cap-drop', 'all'], confined('0', NONE)],
    ['with a read-only root', ['--read-only'], confined(QEMU_USER, BIND)],
    ['as QEMU’s user', ['--user', QEMU_USER], confined(QEMU_USER, NONE)],
    [
      'with all of that, and nothing to gain',
      ['--cap-drop', 'all', '--read-only', '--user', QEMU_USER, '--security-opt', 'no-new-privileges'],
      confined(QEMU_USER, NONE),
    ],
  ])('%s', async (_, args, expected) => {
    const container = await Container.run(NAME, { args })
    await container.ready()
    expect(await qemu(container)).toEqual(expected)
    expect(await launcher(container)).toEqual(
      limited(expected.user, expected.CapEff === BIND ? LISTENS : NONE),
    )
    expect(await container.guest('id -un')).toBe('antidote')
    expect((await container.antidote('health')).code).toBe(0)
    expect(await container.stop()).toBe(0)
    expect(container.log).not.toContain('cleaning up')
  })

  test('with every capability there is, it takes two of them and QEMU one', async () => {
    const env = { ANTIDOTE_INTERFACES: '0', ANTIDOTE_STOP_DEADLINE: '2' }
    const container = await Container.run(NAME, { args: ['--privileged'], env })
    await container.ready()
    expect(await launcher(container)).toEqual(limited(QEMU_USER, JOINS_TOO))
    expect(await qemu(container)).toEqual(confined(QEMU_USER, BIND))
    // a QEMU that does not hear the button is cut off by who may not do more than it
    process.kill((await container.process('qemu-system')).pid, 'SIGSTOP')
    expect(await container.stop()).toBe(5)
  })

  test('QEMU’s user does not see into the launcher', async () => {
    const container = await Container.run(NAME)
    await container.ready()
    const look = (process: string) =>
      podman('exec', '--user', QEMU_USER, NAME, 'sh', '-c', `: </proc/${process}/environ`)
    expect(await look('self')).toMatchObject({ code: 0 })
    expect((await look('1')).stderr).toContain('Permission denied')
    await container.remove()
  })
})

describe('with data interfaces', () => {
  test('QEMU is as confined, and gets its taps from the launcher', async () => {
    const namespace = await cables.namespace()
    await cables.plug(namespace, 'net0')
    const container = await Container.run(NAME, {
      args: [...JOINS, '--network', `ns:/run/netns/${namespace}`],
    })
    await container.ready()
    expect(await qemu(container)).toEqual(confined(QEMU_USER, BIND))
    expect((await container.status()).interfaces[0]).toMatchObject({ interface: 'net0', up: true })
    expect(await launcher(container)).toEqual(limited(QEMU_USER, JOINS_TOO))
    await container.remove()
  })

  const lacking = async (options: ContainerOptions): Promise<string[]> => {
    const container = await Container.run(NAME, options)
    expect(await container.ended()).toBe(1)
    return container.log.split('\n').filter((line) => line.startsWith('antidote '))
  }

  test.each([
    ['NET_ADMIN', ['--device', '/dev/net/tun'], /NET_ADMIN/, /--cap-add NET_ADMIN/],
    ['/dev/net/tun', ['--cap-add', 'NET_ADMIN'], /\/dev\/net\/tun/, /--device \/dev\/net\/tun/],
  ])('without %s it ends with 1, and says what to give it', async (_, args, lack, remedy) => {
    const namespace = await cables.namespace()
    await cables.plug(namespace, 'net0')
    const network = ['--network', `ns:/run/netns/${namespace}`]
    const [sentence, hint] = (await lacking({ args: [...args, ...network] })).slice(-2)
    expect(sentence).toMatch(lack)
    expect(sentence).toContain('net0')
    expect(hint).toMatch(remedy)
  })

  test('that are asked for and cannot be joined, it ends before it waits', async () => {
    const [sentence] = (await lacking({ env: { CLAB_INTFS: '2' } })).slice(-2)
    expect(sentence).toMatch(/NET_ADMIN/)
  })
})
