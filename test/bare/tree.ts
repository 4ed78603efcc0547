import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostMirror, sourceLines } from '../../core/store/toolbox/mirror.ts'
import { must } from '../e2e/cli.ts'

export type Suite = 'bookworm' | 'trixie'

/** What a Debian has that somebody has just installed, and git to clone with. */
const PACKAGES = [
  'adduser',
  'ca-certificates',
  'git',
  'iproute2',
  'locales',
  'make',
  'passwd',
  'procps',
  'sudo',
]

/**
 * A fresh Debian as an archive, made once in a run: `/etc/apt` as on this host, and nothing that antidote needs beside
 * what its README names for everybody.
 */
export const freshDebian = async (suite: Suite): Promise<string> => {
  const directory = join(tmpdir(), `antidote-bare-${process.ppid}`)
  const archive = join(directory, `${suite}.tar`)
  if (existsSync(archive)) return archive
  await mkdir(directory, { recursive: true })
  const work = await mkdtemp(join(directory, `${suite}-`))
  try {
    await must([
      'mmdebstrap',
      '--variant=minbase',
      `--include=${PACKAGES.join(',')}`,
      suite,
      join(work, 'tree.tar'),
      ...sourceLines(suite, hostMirror()),
    ])
    await rename(join(work, 'tree.tar'), archive)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return archive
}
