import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { storeDirectory } from '../../core/store/read.ts'
import { CLI, command, imageDirectory, must } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

const work = temporaryDirectory()

/** Mounts an overlay over the usual store at $1, with its changes in $2, as a container has one over its image. */
const MOUNT = `set -e
mount -t overlay -o "lowerdir=$3,upperdir=$2/upper,workdir=$2/work" overlay "$1"
export ANTIDOTE_CACHE_DIR=$1
shift 3
exec "$@"`

interface Built {
  artifact: { digest: string }
  stages: { stage: string; cached: boolean }[]
}

test('a store on an overlay, as in a container: the same disk, by copies, and doctor says so', async () => {
  const image = imageDirectory(
    work,
    'contained',
    "use: [debian({ kernel: 'distro' })], install: 'install.sh'",
    {
      'install.sh': '#!/bin/sh\nset -eu\nrm -r /usr/share/bug /usr/share/lintian || true\nid >/etc/who\n',
    },
  )
  const ours = JSON.parse(await must([process.execPath, CLI, '--json', '-C', image, 'build'])) as Built
  const [at, scratch] = [join(work, 'a store: on, an overlay'), join(work, 'scratch')]
  for (const path of [at, join(scratch, 'upper'), join(scratch, 'work')]) mkdirSync(path, { recursive: true })
  const contained = async (...args: string[]): Promise<string> => {
    const mount = ['unshare', '--mount', 'sh', '-c', MOUNT, 'sh', at, scratch, storeDirectory()]
    const { code, stdout, stderr } = await command([...mount, process.execPath, CLI, ...args])
    expect(code, stderr).toBe(0)
    return stdout
  }
  expect(await contained('doctor')).toMatch(/warning +overlayfs .*copies/)
  const theirs = JSON.parse(await contained('--json', '-C', image, 'build', '--from', 'rootfs')) as Built
  expect(theirs.stages.find(({ stage }) => stage === 'provision')?.cached).toBe(false)
  expect(theirs.artifact.digest).toBe(ours.artifact.digest)
})
