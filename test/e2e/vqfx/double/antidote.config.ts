import { defineImage } from 'antidote'
import { debian } from 'antidote/plugins'

/**
 * A stand-in for the vendor's disk, which cannot be had here: a Debian that on its serial console, over SSH and over
 * NETCONF behaves as the routing engine is documented to. The sources are in docs/plugins/vqfx-snapshot.md.
 */
export default defineImage({
  name: 'vqfx-double',
  use: [debian({ user: 'vagrant', packages: ['netconfd'] })],
  files: [
    { from: 'config', to: '/config' },
    { from: 'etc', to: '/etc' },
    { from: 'usr', to: '/usr' },
    { from: 'yang', to: '/usr/share/yuma/modules/double' },
  ],
  install: 'install.sh',
})
