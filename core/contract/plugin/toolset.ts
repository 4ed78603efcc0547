import type { Tree } from '../../base/model/artifact.ts'
import { toolboxKey } from '../../store/toolbox/recipe.ts'
import type { Need } from './stages.ts'

/** Where the layer of a tool set is in its entry: it is the only one that its step makes. */
export const TOOLSET_LAYER = 'layer-0'

/** The toolbox as a tree that can be changed. A package starts no service in it. */
export const TOOLBOX_TREE: Tree = {
  kind: 'tree',
  key: toolboxKey,
  layers: [{ step: toolboxKey, path: 'tree' }],
  scaffold: {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    files: { '/usr/sbin/policy-rc.d': '#!/bin/sh\nexit 101\n' },
  },
}

const INSTALL = `set -eu
apt-get -q update
apt-get -q -y install --no-install-recommends -- "$@"
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/debconf/*-old /var/lib/dpkg/*-old
`

/**
 * Debian packages that only some plugins need, as a layer over the toolbox: made once, shared by every image. A tap
 * names it under `needs`, and runs commands in it with the option `tools`.
 */
export const toolset = (packages: readonly string[]): Need => {
  const wanted = [...new Set(packages)].sort()
  return {
    name: `tools ${wanted.join(' ')}`,
    version: '1',
    inputs: { packages: wanted, script: INSTALL },
    shared: true,
    make: async (step) => {
      await step.edit(TOOLBOX_TREE, async (guest) => {
        await guest.exec(['sh', '-c', INSTALL, 'install', ...wanted])
      })
    },
  }
}
