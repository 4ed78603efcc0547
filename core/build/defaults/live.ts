import type { ImageConfig } from '../../contract/config/schema.ts'
import { definePlugin, type Plugin } from '../../contract/plugin/plugin.ts'
import { forgetIdentity } from '../linux/identity.ts'
import { runScript } from './provision.ts'
import { CORE_VERSION } from './version.ts'

/** Runs scripts of the image as root in a machine that runs from its disk, then switches that off. */
export const live = ({ name, live: paths }: ImageConfig): Plugin =>
  definePlugin({
    name: 'antidote',
    version: CORE_VERSION,
    apply({ qcow2 }) {
      for (const path of paths) {
        qcow2.tap({ name: `live ${path}`, inputs: { image: name }, files: [path] }, (artifact, step) =>
          step.edit(artifact, (guest) => runScript(step, guest, path, name)),
        )
      }
      if (paths.length === 0) return
      qcow2.tap({ name: 'power off', inputs: {} }, (artifact, step) =>
        artifact.kind === 'disk'
          ? step.shutdown(artifact, async (machine) => forgetIdentity(await machine.guest()))
          : artifact,
      )
    },
  })
