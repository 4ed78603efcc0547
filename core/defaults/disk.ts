import type { ImageConfig } from '../config/schema.ts'
import { makeDisk } from '../disk/disk.ts'
import { definePlugin, type Plugin } from '../lifecycle/plugin.ts'
import { CORE_VERSION } from './version.ts'

/** A tree becomes a disk; what is a disk already passes through. */
export const disk = ({ disk }: ImageConfig): Plugin =>
  definePlugin({
    name: 'antidote',
    version: CORE_VERSION,
    apply({ qcow2 }) {
      qcow2.tap({ name: 'ext4', inputs: disk }, (artifact, step) =>
        artifact.kind === 'tree' ? makeDisk(step, artifact, disk) : artifact,
      )
    },
  })
