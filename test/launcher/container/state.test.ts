import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Tools } from '../../../core/base/process/tools.ts'
import {
  keptVariables,
  openState,
  persistDisks,
  renewSockets,
} from '../../../core/launcher/container/state.ts'
import { specOf } from '../../base/model/machine-spec.ts'

const parent = mkdtempSync(join(tmpdir(), 'antidote-state-'))
afterAll(() => rmSync(parent, { recursive: true, force: true }))

test('makes the directory, and clears what a killed container left of its sockets', async () => {
  const state = await openState(join(parent, 'new', 'state'))
  await renewSockets(state)
  writeFileSync(join(state.sockets, 'old'), '')
  await renewSockets(state)
  expect(existsSync(join(state.sockets, 'old'))).toBe(false)
  expect(statSync(state.sockets).mode & 0o777).toBe(0o700)
})

test('a place that cannot be is refused by name', async () => {
  writeFileSync(join(parent, 'file'), '')
  await expect(openState(join(parent, 'file', 'state'))).rejects.toMatchObject({
    code: 'STATE_UNUSABLE',
    message: expect.stringContaining(join(parent, 'file', 'state')),
  })
})

test('the variables of UEFI are kept with the disks', async () => {
  const state = await openState(join(parent, 'uefi'))
  const copied: string[][] = []
  const tools = {
    run: async (argv: readonly string[]) => {
      if (argv[1] === 'convert') copied.push(argv.slice(-2))
      return { code: 0, stdout: '', stderr: '' }
    },
  } as unknown as Tools
  const uefi = { code: '/machine/firmware/code', variables: '/machine/firmware/variables' }
  const spec = specOf({ firmware: 'uefi', uefi })
  for (const _ of ['first', 'second']) await persistDisks(spec, state, tools)
  expect(copied).toEqual([[uefi.variables, keptVariables(spec, state)]])
  expect(keptVariables(specOf(), state)).toBeUndefined()
})

test('changes are kept for the image they were made to, and made once', async () => {
  const state = await openState(join(parent, 'kept'))
  const made: string[] = []
  const tools = {
    run: async (argv: readonly string[]) => {
      made.push(argv.at(-1)!)
      return { code: 0, stdout: '', stderr: '' }
    },
  } as unknown as Tools
  const first = await persistDisks(specOf(), state, tools)
  expect(first.disks).toEqual([
    { path: join(state.directory, 'disk0.qcow2'), format: 'qcow2', bus: 'virtio' },
  ])
  expect(await persistDisks(specOf(), state, tools)).toEqual(first)
  expect(made).toEqual([first.disks[0]!.path])
  const another = specOf({ disks: [{ path: '/images/other.qcow2', format: 'qcow2', bus: 'virtio' }] })
  await expect(persistDisks(another, state, tools)).rejects.toMatchObject({ code: 'STATE_OF_OTHER_IMAGE' })
  expect(readFileSync(join(state.directory, 'disks.json'), 'utf8')).toContain('/images/disk.qcow2')
})
