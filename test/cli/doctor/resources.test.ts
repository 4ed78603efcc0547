import { chownSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { kvm, tun } from '../../../core/cli/doctor/devices.ts'
import { engines } from '../../../core/cli/doctor/engines.ts'
import { disk, memory, store } from '../../../core/cli/doctor/resources.ts'
import { powerless, startChild } from '../../support/child.ts'
import { fakeHosts, lines } from './fake.ts'

const TUN = new URL('./children/tun.ts', import.meta.url)

const host = fakeHosts()

describe('resources', () => {
  it('fails below 4 GiB of disk and warns below 10', async () => {
    const at = (gib: number) => disk(host({ store: '/s' }), () => gib * 2 ** 30).run()
    expect(await at(10)).toEqual({ ok: true, detail: '10.0 GiB free for /s' })
    expect(await at(9.9)).toMatchObject({ ok: false, minor: true })
    expect(await at(3.9)).toMatchObject({
      ok: false,
      minor: false,
      detail: '3.9 GiB free for /s; a build needs 4 GiB',
    })
    expect((await at(1)).fix?.safe).toBe(false)
    expect((await disk(host()).run()).detail).toMatch(/^\d+\.\d GiB free/)
  })

  it('warns below 2 GiB of memory', async () => {
    expect((await memory(2 ** 30).run()).ok).toBe(false)
    expect((await memory(2 ** 31).run()).ok).toBe(true)
    expect(memory().essential).toBe(false)
  })

  it('needs a store that can be written, and does not make one', async () => {
    const fake = host()
    expect((await store(fake).run()).detail).toBe(`${fake.store} will be made by the first build`)
    expect(existsSync(fake.store)).toBe(false)
    writeFileSync(fake.store, '')
    const file = await store(fake).run()
    expect(file.detail).toMatch(/cannot be written/)
    expect(lines(file.fix)).toEqual([`export ANTIDOTE_CACHE_DIR=${fake.home}/antidote-store-ada`])
    expect((await store({ ...fake, store: join(fake.store, 'below') }).run()).detail).toMatch(
      /cannot be made/,
    )
  })
})

describe('devices and engines', () => {
  it('loads the module of the processor where KVM is missing', async () => {
    const on = (flags: string) =>
      kvm(host({ files: { 'proc/cpuinfo': `flags\t\t: fpu ${flags} sse\n` } })).run()
    expect(lines((await on('vmx')).fix)).toEqual(['modprobe kvm_intel'])
    expect(lines((await on('svm')).fix)).toEqual(['modprobe kvm_amd'])
    expect((await on('')).fix).toBeUndefined()
    expect(kvm(host()).essential).toBe(false)
  })

  it('does not build the toolbox to try KVM', async () => {
    const fake = host({ files: { 'dev/kvm': '' } })
    expect((await kvm(fake).run()).detail).toContain('unknown until the first build')
    expect(existsSync(fake.store)).toBe(false)
  })

  it('says how to get at a device that may not be used', async () => {
    // root's own group is no group to join
    const gid = process.getgid?.() || 4711
    const fake = host({ files: { 'dev/net/tun': '', 'etc/group': `kvm:x:${gid}:\n` } })
    const device = join(fake.root, 'dev/net/tun')
    chownSync(device, process.getuid!(), gid)
    const child = startChild(TUN, [fake.root, device], powerless)
    await child.ended
    const [closed, grouped] = child.output().trim().split('\n')
    expect(JSON.parse(closed!)).toEqual({ commands: [['chmod', '0666', device]], root: true, safe: false })
    expect(lines(JSON.parse(grouped!))).toEqual(['usermod --append --groups kvm ada'])
  })

  it('loads tun where it is missing', async () => {
    expect(lines((await tun(host()).run()).fix)).toEqual(['modprobe tun'])
    expect((await tun(host({ files: { 'dev/net/tun': '' } })).run()).ok).toBe(true)
    const container = await tun(host({ files: { 'run/.containerenv': '' } })).run()
    expect(container.detail).toMatch(/start this container with --device .*\/dev\/net\/tun$/)
    expect(container.fix).toBeUndefined()
  })

  it('needs it, unless steps are to have the network of the host', () => {
    expect(tun(host()).essential).toBe(true)
    vi.stubEnv('ANTIDOTE_HOST_NETWORK', '1')
    expect(tun(host()).essential).toBe(false)
    vi.unstubAllEnvs()
  })

  const DEAD = 'echo Cannot connect to the Docker daemon. >&2; exit 1'
  const PODMAN = ['apt-get update', 'apt-get install --yes podman iptables']

  it('takes any engine that answers', async () => {
    expect(await engines(host({ commands: { podman: 'echo 5.4.2' } })).run()).toEqual({
      ok: true,
      detail: 'podman 5.4.2',
    })
  })

  it('brings podman where no engine answers', async () => {
    const nothing = await engines(host({ commands: { 'apt-get': '' } })).run()
    expect(nothing.detail).toContain('neither is on this machine')
    expect(lines(nothing.fix)).toEqual(PODMAN)
    const client = await engines(host({ commands: { docker: DEAD, 'apt-get': '' } })).run()
    expect(client.detail).toBe(
      'docker does not answer: Cannot connect to the Docker daemon; its daemon is not on this machine; only `publish --load` needs one',
    )
    expect(lines(client.fix)).toEqual(PODMAN)
    expect(client.fix?.safe).toBe(true)
    const stopped = await engines(host({ commands: { docker: DEAD, dockerd: '', 'apt-get': '' } })).run()
    expect(stopped.detail).toContain('`systemctl start docker` may start it')
    const denied = 'echo permission denied on the socket >&2; exit 1'
    expect((await engines(host({ commands: { docker: denied } })).run()).detail).toContain('the group docker')
  })

  it('warns of a dead engine beside a living one', async () => {
    const both = await engines(host({ commands: { docker: DEAD, podman: 'echo 5.4.2' } })).run()
    expect(both.ok).toBe(false)
    expect(both.detail).toMatch(/^podman 5\.4\.2; docker does not answer: Cannot connect/)
    expect(both.fix).toBeUndefined()
  })
})
