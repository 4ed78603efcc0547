import type { ImageConfig } from '../../contract/config/schema.ts'
import { definePlugin, type Plugin } from '../../contract/plugin/plugin.ts'
import { makeDisk } from '../disk/disk.ts'
import { CORE_VERSION } from './version.ts'

/** A tree becomes a disk; of one that is a disk already, the machine is switched off, unless scripts go on in it. */
export const disk = ({ disk, live }: ImageConfig): Plugin =>
  definePlugin({
    name: 'antidote',
    version: CORE_VERSION,
    apply({ qcow2 }) {
      qcow2.tap(
        { name: 'ext4', inputs: live.length > 0 ? { ...disk, live: true } : disk },
        (artifact, step) => {
          if (artifact.kind === 'tree') return makeDisk(step, artifact, disk)
          return live.length > 0 ? artifact : step.shutdown(artifact)
        },
      )
    },
  })
