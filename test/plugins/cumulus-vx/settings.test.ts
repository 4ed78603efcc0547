import { describe, expect, test } from 'vitest'
import type { Disk, ExecOptions, Guest, Step } from '../../../core/index.ts'
import { type CumulusVxOptions, resolveOptions } from '../../../plugins/cumulus-vx/options.ts'
import { powerOff, settings } from '../../../plugins/cumulus-vx/settings.ts'

const DISK = { kind: 'disk', key: 'k', chain: [], machine: { channel: true, memory: 512 } } as unknown as Disk

/** A guest that writes down what it is told, with this status for each command. */
const recorded = (code = 0) => {
  const commands: { argv: readonly string[]; root: boolean | undefined }[] = []
  const files = new Map<string, string>()
  const guest = {
    exec: async (argv: readonly string[], options: ExecOptions = {}) => {
      commands.push({ argv, root: options.root })
      return { code, stdout: '', stderr: '' }
    },
    write: async (path: string, content: string) => {
      files.set(path, content)
    },
  } as unknown as Guest
  return { guest, commands, files }
}

const warned: string[] = []
const stepWith = (guest: Guest) =>
  ({
    edit: async (artifact: Disk, change: (guest: Guest) => Promise<void>) => {
      await change(guest)
      return artifact
    },
    shutdown: async (artifact: Disk, last: (machine: { guest(): Promise<Guest> }) => Promise<void>) => {
      await last({ guest: async () => guest })
      return artifact
    },
    log: { info: () => {}, line: () => {}, warn: (text: string) => warned.push(text) },
  }) as unknown as Step

const scriptsFor = async (name: CumulusVxOptions['release']) => {
  const options = resolveOptions({ disk: { path: 'x', sha256: 'a'.repeat(64) }, release: name })
  const { guest, commands, files } = recorded()
  await settings(DISK, stepWith(guest), options, {
    hostname: 'leaf1',
    user: 'antidote',
    release: options.release,
  })
  expect(commands.every(({ root }) => root)).toBe(true)
  return {
    scripts: commands.map(({ argv }) => argv[2]!),
    words: commands.map(({ argv }) => argv.slice(4)),
    files,
  }
}

describe('over SSH', () => {
  test('a release with NVUE gets its name by nv, applied and saved', async () => {
    const { scripts, words } = await scriptsFor('5.12')
    expect(scripts[0]).toContain('systemctl stop ztp.service\nztp -d\n')
    expect(scripts[2]).toContain('nv set system hostname "$1"\nnv config apply -y\nnv config save\n')
    expect(words[2]).toEqual(['leaf1'])
    expect(scripts).toHaveLength(3)
  })

  test('one with NCLU by the files, and 3.7 looks nobody up', async () => {
    const four = await scriptsFor('4.4')
    expect(four.scripts[2]).toContain('/usr/lib/antidote/hostname "$1"')
    expect(four.scripts).toHaveLength(3)
    const { scripts } = await scriptsFor('3.7')
    expect(scripts[3]).toContain('UseDNS no')
  })

  test('what listens after a restore runs by any shell, and knows what the ports are called', async () => {
    const { files, scripts } = await scriptsFor('5.12')
    expect([...files.keys()]).toEqual([
      '/usr/lib/antidote/channel',
      '/usr/lib/antidote/hostname',
      '/etc/systemd/system/antidote-channel.service',
    ])
    for (const name of ['channel', 'hostname'])
      expect(files.get(`/usr/lib/antidote/${name}`)).toMatch(/^#!\/bin\/sh\n/)
    expect(files.get('/etc/systemd/system/antidote-channel.service')).toContain('Environment=CARDS=swp\n')
    expect(scripts[1]).toContain('systemctl --quiet enable antidote-channel.service')
  })
})

describe('when it is switched off', () => {
  test('a switch that listens keeps its channel', async () => {
    expect(await powerOff(DISK, stepWith(recorded().guest))).toMatchObject({
      machine: { channel: true, memory: 512 },
    })
    expect(warned).toEqual([])
  })

  test('one whose kernel cannot has none, and that is told', async () => {
    expect(await powerOff(DISK, stepWith(recorded(1).guest))).toMatchObject({ machine: { channel: false } })
    expect(warned.pop()).toContain('no virtio ports')
  })
})
