import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../errors/catalogue.ts'
import { TreeGuest } from '../../guest/tree.ts'
import type { BuildStage } from '../../lifecycle/stages.ts'
import { mountTree } from '../../lifecycle/world.ts'
import { type BuildingOptions, withBuild } from '../session.ts'

const STAGES = ['bootstrap', 'kernel', 'rootfs', 'provision']

export default (stage: string, command: string[], options: BuildingOptions): Promise<number> => {
  if (!STAGES.includes(stage)) throw errors.noTreeAt(stage, STAGES)
  return withBuild(options, stage as BuildStage, async ({ store, build, quiet }) => {
    const tree = await build.artifact(stage as BuildStage)
    if (tree.kind !== 'tree') throw errors.noTreeAt(stage, STAGES)
    const directory = await mkdtemp(join(store.directory, 'tmp', 'shell-'))
    try {
      const part = (name: string) => join(directory, name)
      const mount = await mountTree(store, tree, {
        upper: part('upper'),
        work: part('work'),
        scaffold: part('scaffold'),
      })
      quiet()
      const shell =
        command.length > 0 ? command : ['sh', '-c', 'command -v bash >/dev/null && exec bash || exec sh']
      return await new TreeGuest(mount).interactive(shell)
    } finally {
      await store.deleteTemporary(directory)
    }
  })
}
