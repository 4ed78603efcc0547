import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ImageDescription } from '../../../core/publish/oci/config.ts'

/** A directory that is gone after the test. */
export const scratch = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'antidote-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** What GNU tar, which is not ours, says is in an archive. */
export const listTar = (file: string): string[] =>
  execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '--full-time', '--utc', '--file', file], {
    encoding: 'utf8',
  })
    .trim()
    .split('\n')

export const image: ImageDescription = {
  name: 'utility',
  description: 'A Linux shell',
  version: 'v0.4.0',
  created: '2026-03-01T12:00:00.000Z',
  kind: 'linux',
  user: 'antidote',
  licenses: 'Apache-2.0',
  ports: [
    { port: 22, protocol: 'tcp' },
    { port: 161, protocol: 'udp' },
  ],
  deadline: 90,
  key: 'c0ffee',
  entrypoint: ['/usr/bin/node', '/launcher.mjs'],
}
