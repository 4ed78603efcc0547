import { lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Guest } from '../../core/machine/guest/guest.ts'
import { MachineGuest } from '../../core/machine/guest/machine.ts'
import { TreeGuest } from '../../core/machine/guest/tree.ts'
import { TestSsh } from '../machine/ssh-server.ts'
import { temporary } from './directory.ts'
import { makeTree } from './tree.ts'

/** A guest over a tree or over SSH, and where its directory `/opt/there` is on this host. */
export interface Kind {
  guest: Guest
  to: string
  seen: string
}

const base = makeTree(mkdtempSync(join(tmpdir(), 'antidote-tree-')))
afterAll(() => rmSync(base, { recursive: true, force: true }))

export const overTree = async (): Promise<Kind> => {
  const directory = temporary()
  for (const name of ['upper', 'work']) mkdirSync(join(directory, name))
  const [upper, work] = [join(directory, 'upper'), join(directory, 'work')]
  return {
    guest: new TreeGuest({ lower: [base], upper, work, env: {} }),
    to: '/opt/there',
    seen: join(upper, 'opt/there'),
  }
}

let server: TestSsh | undefined
afterAll(() => server?.stop())

const overSsh = async (): Promise<Kind> => {
  server ??= await TestSsh.start()
  const connection = await server.connect()
  const to = join(temporary(), 'there')
  const access = { user: 'root', connect: async () => connection }
  return { guest: new MachineGuest({ ...access, explain: async (error) => error }), to, seen: to }
}

export const kinds = [
  ['a tree', overTree],
  ['a machine', overSsh],
] as const

export const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8)
