import { expect, test } from 'vitest'
import { startAptRepository } from './apt-repository.ts'
import { antidote, antidoteJson, imageDirectory } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

const work = temporaryDirectory()

test('packages of another source, checked with its key', async () => {
  const { line, key, server } = await startAptRepository(work, 'antidote-example')
  try {
    const settings = `use: [debian({ packages: ['antidote-example'], sources: [{ line: '${line}', key: 'key.asc' }] })]`
    const image = imageDirectory(work, 'sourced', settings, { 'key.asc': key })
    const { stdout, stderr } = await antidote([
      '-C',
      image,
      'shell',
      'bootstrap',
      '--',
      'cat',
      '/opt/antidote-example',
    ])
    expect(stdout, stderr).toBe('from another source\n')
    const other = imageDirectory(work, 'mistrusting', settings, { 'key.asc': '' })
    const { error } = await antidoteJson<{ error: { code: string } }>([
      '-C',
      other,
      'build',
      '--until',
      'bootstrap',
    ])
    expect(error.code).toBe('MIRROR_UNTRUSTED')
  } finally {
    server.close()
  }
})
