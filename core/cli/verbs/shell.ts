import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../errors/catalogue.ts'
import { TreeGuest } from '../../guest/tree.ts'
import type { BuildStage } from '../../lifecycle/stages.ts'
import { mountTree } from '../../lifecycle/tree-mount.ts'
import { say, tellDocument } from '../output.ts'
import { type BuildingOptions, withBuild } from '../session.ts'

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
