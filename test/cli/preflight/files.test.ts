import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { archive } from '../../../core/cli/preflight/archive.ts'
import { buildContext } from '../../../core/cli/preflight/build-context.ts'
import { input } from '../../../core/cli/preflight/input.ts'
import { outputDirectory } from '../../../core/cli/preflight/output-directory.ts'
import { outputFile } from '../../../core/cli/preflight/output-file.ts'
import { freePort } from '../../../core/cli/preflight/port.ts'
import type { Check } from '../../../core/cli/preflight/preflight.ts'
import { powerless, startChild } from '../../support/child.ts'
import { temporary } from '../../support/directory.ts'

const CHILD = new URL('./children/output-file.ts', import.meta.url)

const { signal } = new AbortController()
const fine = (check: Check) => expect(check(signal)).resolves.toEqual([])
const fails = (check: Check, code: string, text: string) =>
  expect(check(signal)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(text),
    details: { exitCode: 2 },
  })

/** A directory of every kind of thing. */
const place = () => {
  const directory = temporary({ file: 'text' })
  mkdirSync(join(directory, 'below'))
  symlinkSync('nowhere', join(directory, 'dangling'))
  execFileSync('mkfifo', [join(directory, 'fifo')])
  return (name: string) => join(directory, name)
}

describe('a file that is written', () => {
  test('is new, or takes the place of a file', async () => {
    const path = place()
    for (const name of ['new.qcow2', 'file', 'below/new', 'with:colon'])
      await fine(outputFile('--output', path(name)))
  })

  test.each([
    ['missing/x.qcow2', 'the directory ', 'does not exist'],
    ['below', '', 'it is a directory, and a file is to be written'],
    ['fifo', '', 'something else than a file'],
    ['file/x', '', 'file is not a directory'],
  ])('cannot be %s', async (name, ...texts) => {
    const path = place()
    for (const text of texts) await fails(outputFile('--output', path(name)), 'OUTPUT_UNUSABLE', text)
    await fails(outputFile('--output', path(name)), 'OUTPUT_UNUSABLE', `${path(name)} of --output cannot be`)
  })

  test('cannot be where the user may not write', async () => {
    const directory = temporary()
    chmodSync(directory, 0o555)
    const child = startChild(CHILD, [join(directory, 'x')], powerless)
    await child.ended
    expect(child.output()).toBe(
      `The path ${directory}/x of --output cannot be written: you may not write in ${directory}.\n`,
    )
  })
})

test('an archive has no colon in its name', async () => {
  const path = place()
  await fine(archive('--archive', path('new.tar')))
  await fails(archive('--archive', path('a:b.tar')), 'OUTPUT_UNUSABLE', 'a colon in its name')
  await fails(archive('--archive', path('missing/x.tar')), 'OUTPUT_UNUSABLE', 'does not exist')
})

describe('a directory that is written', () => {
  test('is there, or can be made', async () => {
    const path = place()
    for (const name of ['below', 'new', 'new/deep/down', 'lay:out'])
      await fine(outputDirectory('--output', path(name)))
  })

  test.each(['file', 'file/below'])('cannot be %s', async (name) => {
    await fails(outputDirectory('--output', place()(name)), 'OUTPUT_UNUSABLE', 'file is not a directory')
  })

  test('of `docker build` takes the place of its like only', async () => {
    const path = place()
    for (const name of ['below', 'new', 'new/deep']) await fine(buildContext('--dockerfile', path(name)))
    await fails(buildContext('--dockerfile', path('file')), 'DOCKERFILE_OCCUPIED', 'file')
    await fails(buildContext('--dockerfile', path('.')), 'DOCKERFILE_OCCUPIED', '')
  })
})

describe('what is read', () => {
  test('is there and is what it should be', async () => {
    const path = place()
    await fine(input('--disk', path('file'), 'file'))
    await fine(input('--lesson', path('below'), 'directory'))
  })

  test.each([
    ['missing', 'directory', 'it does not exist'],
    ['dangling', 'file', 'it does not exist'],
    ['file', 'directory', 'it is not a directory'],
    ['below', 'file', 'it is not a file'],
    ['fifo', 'file', 'it is not a file'],
  ] as const)('%s is no %s', async (name, kind, text) => {
    await fails(input('--lesson', place()(name), kind), 'INPUT_UNUSABLE', text)
  })
})

test('a port that is free, and one that is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await expect(freePort(port)(signal)).rejects.toMatchObject({ code: 'PORT_TAKEN' })
  server.close()
  await once(server, 'close')
  await fine(freePort(port))
})
