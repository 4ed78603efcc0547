import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { antidoteJson, imageDirectory } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

const work = temporaryDirectory()

/** The image of snapshot.test.ts, whose saved machine is in the store then, with a test of its own. */
const directoryWith = (name: string, script: string): string =>
  imageDirectory(
    join(work, name),
    'snapshot',
    `use: [debianEndpoint({ packages: ['lldpd', 'socat'] })], test: 'test.sh',
  machine: { memory: '256M', interfaces: 2, snapshot: true },`,
    { 'test.sh': `#!/bin/sh\n${script}\n` },
  )

const publish = (directory: string, output: string) =>
  antidoteJson<{ error?: { code: string; message: string; lines: string[] } }>([
    ...['-C', directory, 'publish', '--output', output],
  ])

interface Inspected {
  saved: { tests: { booted: string[]; restored: string[] }; proof: object; addresses: object[] }[]
}

test('tests that pass on the booted machine and not on the restored one end the publishing', async () => {
  const output = join(work, 'none')
  // the booted machine has a third card for the tests
  const directory = directoryWith('failing', 'echo looking for eth3; [ -e /sys/class/net/eth3 ]')
  const { code, error } = await publish(directory, output)
  expect(code).toBe(1)
  expect(error).toMatchObject({
    code: 'SNAPSHOT_TESTS',
    message: expect.stringContaining(
      'One of 6 tests of the image "snapshot" failed on the machine that was restored',
    ),
  })
  expect(error!.lines.join('\n')).toContain('looking for eth3')
  expect(existsSync(join(output, 'index.json'))).toBe(false)
})

test('those that pass on both are named in the image, beside its proof', async () => {
  const output = join(work, 'layout')
  const directory = directoryWith('passing', '[ -e /sys/class/net/eth2 ]')
  expect((await publish(directory, output)).code).toBe(0)
  const { saved } = await antidoteJson<Inspected>(['inspect', output])
  const [{ tests, proof, addresses }] = saved as [Inspected['saved'][number]]
  expect(tests.restored).toContain('antidote › test.sh')
  expect(tests.restored).toContain('antidote › lesson mount')
  expect(tests.restored).not.toContain('antidote › clean shutdown')
  expect(tests.booted).toEqual([
    ...tests.restored,
    'antidote › clean shutdown',
    'antidote › boot through GRUB',
  ])
  expect(proof).toMatchObject({ neighbours: { checked: expect.any(Array) } })
  expect(addresses.length).toBeGreaterThan(3)
})
