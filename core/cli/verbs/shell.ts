import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { mountTree } from '../../build/tree-mount.ts'
import type { BuildStage } from '../../contract/plugin/stages.ts'
import { TreeGuest } from '../../machine/guest/tree.ts'
import { type BuildingOptions, withBuild } from '../session/with-build.ts'
import { say, tellDocument } from '../terminal/output.ts'

const STAGES = ['bootstrap', 'kernel', 'rootfs', 'provision']

export default (stage: string, command: string[], options: BuildingOptions): Promise<number> => {
  if (!STAGES.includes(stage)) throw errors.noTreeAt(stage, STAGES)
  if (options.json && command.length === 0)
    throw errors.optionsContradict(
      'a shell',
      '--json',
      'a shell has the terminal for itself',
      'Name a command: `antidote --json shell provision -- cat /etc/os-release`.',
    )
  return withBuild(options, stage as BuildStage, async ({ image, store, build, quiet, signal }) => {
    const tree = await build.artifact(stage as BuildStage)
    if (tree.kind !== 'tree') throw errors.noTreeAt(stage, STAGES)
    const directory = await mkdtemp(join(store.directory, 'tmp', 'shell-'))
    try {
      const part = (name: string) => join(directory, name)
      const directories = { upper: part('upper'), work: part('work'), scaffold: part('scaffold') }
      const { mount } = await mountTree(store, tree, directories, await build.maker.network())
      quiet()
      if (options.json) {
        const guest = new TreeGuest({ ...mount, signal })
        const { code: status } = await guest.exec(command, {
          allowFailure: true,
          onLine: (line) => say(`${line}\n`),
        })
        tellDocument({ image: image.name, stage, status })
        return status
      }
      const shell =
        command.length > 0 ? command : ['sh', '-c', 'command -v bash >/dev/null && exec bash || exec sh']
      return await new TreeGuest(mount).interactive(shell)
    } finally {
      await store.deleteTemporary(directory)
    }
  })
}
