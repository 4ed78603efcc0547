import { defineImage } from 'antidote'
import { debian } from 'antidote/plugins'

/**
 * A stand-in for the vendor's disk, which cannot be had here: a Debian 12, which release 5.12 is made of too, with real
 * ifupdown2, FRR, PAM and systemd. The vendor's own `nv` and `ztp` are small scripts. Sources: docs/plugins/cumulus-vx.md.
 */
export default defineImage({
  name: 'cumulus-double',
  use: [
    debian({
      suite: 'bookworm',
      kernel: 'distro',
      init: 'systemd',
      user: 'cumulus',
      password: 'cumulus',
      hostname: 'cumulus',
      packages: ['frr', 'ifupdown2', 'isc-dhcp-client', 'libpam-pwquality'],
    }),
  ],
  files: [
    { from: 'etc', to: '/etc' },
    { from: 'usr', to: '/usr' },
  ],
  install: 'install.sh',
})
