import { join, resolve } from 'node:path'
import { linux, type Scratch, type Step, type Tree, type Unkeyed } from 'antidote'
import { installBusybox } from './busybox.ts'
import { keepForDatabase } from './database.ts'
import { install } from './dnf/install.ts'
import type { Resolved } from './options.ts'
import { basePackages } from './packages.ts'
import { localDirectories } from './repositories.ts'
import { keyPath, repositoryFile } from './repository-file.ts'

/** The bootstrap: a system of the family with the packages asked for, and nothing set up yet. */
export const bootstrap = async (_nothing: Scratch, step: Step, options: Resolved): Promise<Unkeyed<Tree>> => {
  const { repositories, sources, user } = options
  const root = join(step.out, 'base')
  const { packages } = await install(step, {
    root: { path: root },
    source: options,
    repositories: [...repositories, ...sources],
    packages: basePackages(options),
  })
  // dnf in the scripts of the image reads them, too
  const directories = localDirectories([...repositories, ...sources]).filter(
    (path) => !linux.isOwnPath(path, user),
  )
  const tree: Tree = {
    kind: 'tree',
    key: '',
    layers: [step.ref('base')],
    ...(directories.length > 0 && { scaffold: { directories } }),
  }
  return step.edit(tree, async (guest) => {
    await installBusybox(step, guest)
    if (options.release.major === 7) await keepForDatabase(guest, packages)
    for (const source of sources) {
      // EPEL comes with a file of its own
      if (source.name === 'epel' && options.epel) continue
      if (source.key)
        await guest.upload(resolve(step.directory, source.key), keyPath(source), { mode: 0o644 })
      await guest.write(`/etc/yum.repos.d/${source.name}.repo`, repositoryFile(source), { mode: 0o644 })
    }
  })
}
