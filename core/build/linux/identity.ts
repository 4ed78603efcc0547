import type { Guest } from '../../machine/guest/guest.ts'

/** What the settings of a tree make anew at the first start, and must not be shared by machines of one image. */
const FORGET = `set -eu
[ ! -x /usr/lib/antidote/keys ] || rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
[ ! -e /etc/machine-id ] || : >/etc/machine-id
rm -f /var/lib/systemd/random-seed
`

/** Takes from a guest what it calls itself by; at its next start it makes that anew. SSH may not answer until then. */
export const forgetIdentity = async (guest: Guest): Promise<void> => {
  await guest.exec(['sh', '-c', FORGET], { root: true })
}
