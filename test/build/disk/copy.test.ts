import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Tools } from '../../../core/base/process/tools.ts'
import { copyDisk } from '../../../core/build/disk/copy.ts'
import { temporary } from '../../support/directory.ts'

const ref = (path: string) => ({ step: 'one', path })

test('a disk of one file is copied; one of several becomes one; a failure leaves what was there', async () => {
  const directory = temporary({ 'base.qcow2': 'base', 'top.qcow2': 'top' })
  const ran: (readonly string[])[] = []
  const run: Tools['run'] = async (argv) => {
    ran.push(argv)
    if (argv.includes(join(directory, 'bad.qcow2'))) throw new Error('no space')
    writeFileSync(argv.at(-1)!, 'one of two')
    return { code: 0, stdout: '', stderr: '' }
  }
  const place = {
    path: ({ path }: { path: string }) => join(directory, path),
    tools: async () => ({ run }) as Tools,
    signal: new AbortController().signal,
  }
  const to = join(directory, 'to.qcow2')
  await copyDisk({ chain: [ref('base.qcow2')] }, to, place)
  expect(readFileSync(to, 'utf8')).toBe('base')
  expect(ran).toEqual([])
  await copyDisk({ chain: [ref('base.qcow2'), ref('top.qcow2')] }, to, place)
  expect(ran.map((argv) => argv.at(-2))).toEqual([join(directory, 'top.qcow2')])
  expect(readFileSync(to, 'utf8')).toBe('one of two')
  const failed = copyDisk({ chain: [ref('base.qcow2'), ref('bad.qcow2')] }, to, place)
  await expect(failed).rejects.toThrow('no space')
  expect(readFileSync(to, 'utf8')).toBe('one of two')
  expect(readdirSync(directory).sort()).toEqual(['base.qcow2', 'to.qcow2', 'top.qcow2'])
})
