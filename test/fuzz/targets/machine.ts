import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../../core/base/files/digest.ts'
import { documentOf, inspectText } from '../../../core/cli/display/inspect.ts'
import { readMachine } from '../../../core/launcher/container/machine-file.ts'
import { inspectImage } from '../../../core/publish/oci/inspect.ts'
import type { StandingImage } from '../../../core/publish/oci/read-layout.ts'
import { scratch } from '../scratch.ts'
import { codes, type Target } from '../target.ts'

const digest = `sha256:${'0'.repeat(64)}` as const
const image: StandingImage = {
  directory: '/',
  digest,
  labels: {},
  layers: [{ role: 'machine', digest, bytes: 1 }],
}
const file = join(scratch(), 'machine.json')

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/machine'),
  words: [
    '"saved":[',
    '"saved":[null]',
    '"disks":null',
    '"version":1',
    '"ready":',
    '"login":{}',
    '"ports":[{}]',
    '{',
    '[',
    '}',
    ']',
    ',',
  ],
  read: async (input) => {
    writeFileSync(file, input.toString().split('\n---\n')[0]!)
    const [machine = '', record = ''] = input.toString().split('\n---\n')
    const texts = { machine: machine.replaceAll('SHA256', sha256(record)), record }
    const run = async (argv: readonly string[]) => ({
      code: 0,
      stdout: argv.at(-1)!.endsWith('machine.json') ? texts.machine : texts.record,
      stderr: '',
    })
    const [launched, inspected] = await Promise.allSettled([
      readMachine(file),
      inspectImage(image, 'an image', { run }).then((found) => {
        const document = documentOf(found, true)
        return inspectText(document) + JSON.stringify(document)
      }),
    ])
    for (const one of [launched, inspected])
      if (one.status === 'rejected' && !target.expects!(one.reason)) throw one.reason
  },
  expects: codes(/^(MACHINE_FILE|IMAGE_UNREADABLE)$/),
}
