import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../../core/base/files/digest.ts'
import type { MachineSpec } from '../../../core/base/model/machine-spec.ts'
import { beginMachine } from '../../../core/launcher/begin/begin.ts'
import type { BeginParts } from '../../../core/launcher/container/prepare.ts'
import type { Link } from '../../../core/machine/qemu/instance.ts'
import { hardwareOf } from '../../../core/machine/snapshot/fit.ts'
import { specOf } from '../../base/model/machine-spec.ts'
import { toolsWith } from '../../machine/qemu-process.ts'
import { temporary } from '../../support/directory.ts'

type Change = { spec?: Partial<MachineSpec>; settings?: object; links?: Link[]; accelerator?: 'kvm' }

/** A launcher at the point where QEMU is to be started; the machine was saved as `specOf` is. */
const begin = async ({ spec = {}, settings = {}, links = [], accelerator }: Change, record: object = {}) => {
  const directory = temporary()
  const text = JSON.stringify({
    version: 1,
    hardware: hardwareOf(specOf({ interfaces: 1 }), 'tcg'),
    ...record,
  })
  writeFileSync(join(directory, 'snapshot.json'), text)
  const saved = [{ accelerator: 'tcg' as const, directory, sha256: sha256(text) }]
  const sockets = join(directory, 'run')
  mkdirSync(sockets)
  const said: string[] = []
  const begun = await beginMachine({
    prepared: {
      spec: specOf({ interfaces: 1, snapshot: true, saved, ...spec }),
      before: [],
      instance: {
        accelerator: accelerator ?? 'tcg',
        macs: ['52:54:00:00:00:01', '52:54:00:00:00:02'],
        forwards: [],
        management: { kind: 'user' },
        links,
        writeDisks: false,
      },
    },
    settings: { persist: false, qemuArguments: [], ...settings },
    state: { directory, sockets },
    tools: toolsWith({}),
    say: (line: string) => said.push(line),
    signal: new AbortController().signal,
  } as unknown as BeginParts)
  await begun.qemu.kill()
  return { said, snapshot: begun.snapshot, directory }
}

test('a machine that nobody saved boots, and nothing is said of it', async () => {
  const { saved: _, ...spec } = specOf()
  const { said, snapshot } = await begin({ spec: { ...spec, saved: undefined } as never })
  expect(said).toEqual([])
  expect(snapshot).toBeUndefined()
})

test.for<[string, Change, string]>([
  ['changes are kept', { settings: { persist: true } }, 'ANTIDOTE_PERSIST'],
  ['QEMU has other arguments', { settings: { qemuArguments: ['-s'] } }, 'ANTIDOTE_QEMU_ARGS'],
  ['the guest has a name', { settings: { hostname: 'r1' } }, 'ANTIDOTE_HOSTNAME'],
  [
    "the guest has the container's address",
    { spec: { management: 'transparent' } },
    "the container's own address",
  ],
  ['an interface has jumbo frames', { links: [{ kind: 'tap', name: 't', mtu: 9000 }] }, 'slot 1 has an MTU'],
  ['it runs under KVM', { accelerator: 'kvm' }, 'it was saved under TCG, and is to run under KVM'],
  ['it has another CPU', { spec: { cpu: 'Nehalem' } }, 'to run with the CPU model Nehalem'],
  ['it has more CPUs', { spec: { cpus: 2 } }, 'to run with 2 CPUs'],
  ['it is another machine', { spec: { machine: 'pc-q35-9.2' } }, 'to run as pc-q35-9.2'],
  ['it has more memory', { spec: { memory: 512 } }, 'to run with 512 MiB of memory'],
  ['it has more interfaces', { spec: { interfaces: 2 } }, 'to run with 2 interfaces'],
])('where %s, it boots and says why', async ([, change, reason]) => {
  const { said, snapshot } = await begin(change)
  expect(snapshot).toEqual({ restored: false, reason: expect.stringContaining(reason) })
  expect(said).toEqual([expect.stringMatching(/^snapshot: not used, the machine boots: .*[^.]$/)])
  expect(said[0]).toContain(reason)
})

test.for<[string, Change]>([
  ['a name', { settings: { hostname: 'r1' } }],
  ['jumbo frames', { links: [{ kind: 'tap', name: 't', mtu: 9000 }] }],
])('a guest with a channel is told of %s after the restore', async ([, change]) => {
  const { snapshot, directory } = await begin(
    { ...change, spec: { channel: true } },
    {
      hardware: hardwareOf(specOf({ interfaces: 1, channel: true }), 'tcg'),
      state: { bytes: 1, sha256: '', places: [] },
      others: [],
      memory: {},
    },
  )
  // it comes as far as its files, which are not there
  expect(snapshot).toEqual({ restored: false, reason: expect.stringContaining(join(directory, 'state')) })
})

test('where its files are not there, it boots and says why', async () => {
  const { snapshot, directory } = await begin(
    {},
    { state: { bytes: 1, sha256: '', places: [] }, others: [], memory: {} },
  )
  expect(snapshot).toEqual({ restored: false, reason: expect.stringContaining(join(directory, 'state')) })
})

test('a machine that waits for its interfaces is given up, not booted', async () => {
  const directory = temporary()
  const stopped = new Error('stopped')
  const parts = {
    prepared: {
      spec: specOf({ saved: [{ accelerator: 'tcg', directory, sha256: '' }] }),
      before: [],
      instance: {
        accelerator: 'tcg',
        macs: [],
        forwards: [],
        management: { kind: 'user' },
        links: [],
        writeDisks: false,
      },
    },
    settings: { persist: true, qemuArguments: [] },
    state: { directory, sockets: directory },
    tools: toolsWith({}),
    say: () => {},
    signal: AbortSignal.abort(stopped),
  } as unknown as BeginParts
  await expect(beginMachine(parts)).rejects.toBe(stopped)
})
