import { join, resolve } from 'node:path'
import {
  aptOptions,
  type Scaffold,
  type Scratch,
  type Step,
  slimOptions,
  sourceLines,
  type Tree,
  type Unkeyed,
} from 'antidote'
import { install, withApt } from './apt.ts'
import { copiedLines, localDirectories, requireDirectories, withDirectories } from './local.ts'
import type { Resolved } from './options.ts'
import { basePackages } from './packages.ts'
import { signedLine } from './sources.ts'

/**
 * Build steps start no service and answer no question (Debian Policy 9.3.3.2, invoke-rc.d). A configuration file that is
 * there before its package comes is the author's, and stays: dpkg(1), ucf(1).
 */
export const SCAFFOLD: Scaffold = {
  env: { DEBIAN_FRONTEND: 'noninteractive', UCF_FORCE_CONFFOLD: '1' },
  files: {
    '/usr/sbin/policy-rc.d': '#!/bin/sh\nexit 101\n',
    '/etc/dpkg/dpkg.cfg.d/antidote': 'force-confdef\nforce-confold\n',
  },
}

/** Makes a tree of a suite with mmdebstrap, in a directory of the host. */
export const mmdebstrap = async (
  step: Step,
  target: string,
  options: Pick<Resolved, 'suite' | 'mirror' | 'components'> & { packages: readonly string[] },
): Promise<void> => {
  const { suite, mirror, components, packages } = options
  const lines = sourceLines(suite, mirror, components)
  const directories = localDirectories({ mirror, sources: [] })
  requireDirectories(directories)
  await withApt(
    (onLine) =>
      step.run(
        [
          'mmdebstrap',
          '--mode=root',
          '--variant=apt',
          `--include=${packages.join(',')}`,
          ...aptOptions,
          ...slimOptions,
          ...(mirror ? [] : [`--components=${components.join(',')}`]),
          '--customize-hook=: >"$1/etc/resolv.conf"; rm -f "$1/etc/hostname"',
          suite,
          target,
          ...copiedLines(lines),
        ],
        { network: true, mounts: true, unsynced: true, readable: directories, onLine },
      ),
    step,
  )
  // mmdebstrap leaves files there to mount nodes of the host on; every kernel of ours brings its own nodes
  await step.run(['find', join(target, 'dev'), '-mindepth', '1', '-delete'])
  if (directories.length > 0)
    await step.run(['tee', join(target, 'etc/apt/sources.list')], { input: `${lines.join('\n')}\n` })
}

/** The bootstrap: a Debian with the packages asked for, and nothing set up yet. */
export const bootstrap = async (_nothing: Scratch, step: Step, options: Resolved): Promise<Unkeyed<Tree>> => {
  requireDirectories(localDirectories(options))
  await mmdebstrap(step, join(step.out, 'base'), { ...options, packages: basePackages(options) })
  const tree: Tree = {
    kind: 'tree',
    key: '',
    layers: [step.ref('base')],
    scaffold: withDirectories(SCAFFOLD, options),
  }
  if (options.sources.length === 0) return tree
  return step.edit(tree, async (guest) => {
    for (const [index, { line, key }] of options.sources.entries()) {
      const keyring = `/etc/apt/keyrings/antidote-${index}.${key.endsWith('.asc') ? 'asc' : 'gpg'}`
      await guest.upload(resolve(step.directory, key), keyring, { mode: 0o644 })
      const list = `/etc/apt/sources.list.d/antidote-${index}.list`
      await guest.write(list, `${signedLine(line, keyring)}\n`, { mode: 0o644 })
    }
    await install(step, guest, options.packages)
  })
}
