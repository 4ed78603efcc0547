import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { Container, JOINS } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import { loadEndpoint } from './endpoint-image.ts'
import { makeCables } from './interfaces.ts'
import { podman } from './podman.ts'

const cables = makeCables('aelife')
const NAME = 'antidote-e2e-lifecycle'

const work = temporaryDirectory()
beforeAll(() => loadEndpoint(work))

/** The processes of a container by their ids on this host. */
const processes = async (container: Container): Promise<number[]> => {
  const { stdout } = await podman('top', container.name, 'hpid')
  return stdout.split('\n').slice(1).filter(Boolean).map(Number)
}

/** A container that was joined to a network, and everything that must go with it. */
const joined = async (...more: string[]) => {
  const namespace = await cables.namespace()
  await cables.plug(namespace, 'net0')
  const args = [...JOINS, '--network', `ns:/run/netns/${namespace}`, ...more]
  const container = await Container.run(NAME, { args })
  await container.until(/^antidote machine: started/m)
  return { container, namespace, pids: await processes(container), id: await container.inspect('{{.Id}}') }
}

const gone = async (pids: readonly number[]): Promise<void> => {
  expect(pids.length).toBeGreaterThanOrEqual(2)
  await expect.poll(() => pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([])
}

const taps = async (namespace: string): Promise<string[]> =>
  (await cables.links(namespace)).map(({ ifname }) => ifname).filter((name) => !['lo', 'net0'].includes(name))

describe('a guest that fails', () => {
  test('panics: the container ends with 3 and the last lines of the console; its changes are gone', async () => {
    const container = await Container.run(NAME)
    await container.ready()
    await container.guest('sudo touch /etc/changed && sudo sync')
    const crash = container.antidote('ssh', "sudo sh -c 'echo c >/proc/sysrq-trigger'")
    expect(await container.ended()).toBe(3)
    await crash
    const own = container.log.split('\n').filter((line) => line.startsWith('antidote '))
    expect(own.join('\n')).toMatch(/Kernel panic/)
    container.restart()
    await container.ready()
    expect(await container.guest('ls /etc/changed 2>&1 || true')).toContain('No such file')
    await container.remove()
  })

  test('does not hear the power button: cut off in time, and the container ends with 5', async () => {
    const container = await Container.run(NAME, { env: { ANTIDOTE_STOP_DEADLINE: '4' } })
    await container.ready()
    await container.guest('sudo rm -r /etc/acpi/PWRF')
    // podman's own kill, after 90 s, would give 137
    expect(await container.stop()).toBe(5)
    expect(container.log).not.toContain('Power down')
  })

  test('switches itself off: the container ends with 0', async () => {
    const container = await Container.run(NAME)
    await container.ready()
    await container.guest('sudo poweroff')
    expect(await container.ended()).toBe(0)
    expect(container.log).toContain('Power down')
  })
})

describe('what is killed', () => {
  test('QEMU: the container ends with 4 and says so, and leaves no tap', async () => {
    const { container, namespace, pids } = await joined()
    expect(await taps(namespace)).not.toEqual([])
    process.kill((await container.process('qemu-system')).pid, 'SIGKILL')
    expect(await container.ended()).toBe(4)
    expect(container.log).toMatch(/^antidote .*QEMU.*SIGKILL/m)
    await gone(pids)
    expect(await taps(namespace)).toEqual([])
    expect(await cables.filters(namespace)).toEqual([])
  })

  test.each([
    ['the launcher, as the first process', []],
    ['the launcher, under an init', ['--init']],
  ])('%s: no process and no mount is left, and the next start clears the network', async (_, args) => {
    const { container, namespace, pids, id } = await joined(...args)
    const { pid } = await container.process('node')
    process.kill(pid, 'SIGKILL')
    expect(await container.ended()).toBe(137)
    await gone(pids)
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(id)
    container.restart()
    await container.until(/^antidote machine: started/m)
    expect(await container.stop()).toBe(0)
    expect(await taps(namespace)).toEqual([])
    expect(await cables.filters(namespace)).toEqual([])
  })

  test('the whole container: nothing is left of it', async () => {
    const { container, pids, id } = await joined()
    await podman('kill', container.name)
    expect(await container.ended()).toBe(137)
    await gone(pids)
    await container.remove()
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(id)
  })

  test('a stop while it starts ends it at once, in order', async () => {
    const { container, namespace, pids } = await joined()
    expect(await container.stop()).toBe(0)
    await gone(pids)
    expect(await taps(namespace)).toEqual([])
  })
})

describe('a volume', () => {
  const VOLUME = 'antidote-e2e-lifecycle'
  const args = ['--volume', `${VOLUME}:/var/lib/antidote`]

  test('keeps the changes from one container to the next where that is asked for, and only there', async () => {
    await podman('volume', 'rm', '--force', VOLUME)
    const mark = async (persist: string, script: string): Promise<string> => {
      const container = await Container.run(NAME, { args, env: { ANTIDOTE_PERSIST: persist } })
      await container.ready()
      const said = await container.guest(script)
      expect(await container.stop()).toBe(0)
      await container.remove()
      return said
    }
    try {
      expect(await mark('1', 'echo one | sudo tee /etc/mark')).toBe('one')
      expect(await mark('1', 'cat /etc/mark')).toBe('one')
      expect(await mark('0', 'cat /etc/mark 2>&1 || true')).toContain('No such file')
    } finally {
      await podman('volume', 'rm', '--force', VOLUME)
    }
  })
})
