import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from 'vitest'
import { run } from '../../../core/base/process/run.ts'
import type { Fix } from '../../../core/cli/doctor/check.ts'
import type { Host } from '../../../core/cli/doctor/host.ts'

/** A host in a directory: its files as given, its commands as shell scripts that really run. */
const fakeHost = (
  parts: { files?: Record<string, string>; commands?: Record<string, string> } & Partial<Host> = {},
): Host & { remove: () => void } => {
  const { files = {}, commands = {}, ...rest } = parts
  const root = mkdtempSync(join(tmpdir(), 'antidote-host-'))
  const bin = join(root, 'bin')
  mkdirSync(bin)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  return {
    root,
    path: [bin],
    uid: 1000,
    user: 'ada',
    home: root,
    store: join(root, 'store'),
    run: (argv, options) =>
      run(argv, { env: { PATH: `${bin}:${process.env.PATH}` }, extendEnv: true, ...options }),
    remove: () => rmSync(root, { recursive: true, force: true }),
    ...rest,
  }
}

/** Makes fake hosts that go with the test. */
export const fakeHosts = (): typeof fakeHost => {
  const hosts: { remove: () => void }[] = []
  afterEach(() => {
    for (const made of hosts.splice(0)) made.remove()
  })
  return (parts) => {
    const made = fakeHost(parts)
    hosts.push(made)
    return made
  }
}

export const INSTALL = 'apt-get install --yes --no-install-recommends'

/** The commands of a fix, a line each. */
export const lines = (fix: Fix | undefined) => fix?.commands.map((argv) => argv.join(' '))
