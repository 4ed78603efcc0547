import type { Release } from './releases.ts'

/** What the switch is told. */
export interface Wanted {
  hostname: string
  user: string
  release: Release
}

/** The management VRF as `net add vrf mgmt` writes it: Management VRF, 3.7. Later releases have it from the start. */
const VRF =
  'f=/etc/network/interfaces; [ -d /sys/class/net/mgmt ] && exit; ' +
  'sed -i "/^iface eth0 inet dhcp/a\\    vrf mgmt" $f; ' +
  'printf "\\nauto mgmt\\niface mgmt\\n    address 127.0.0.1/8\\n    vrf-table auto\\n" >>$f; ifreload -a'

const SUDO =
  'echo "$1 ALL=(ALL:ALL) NOPASSWD: ALL" >/etc/sudoers.d/antidote; chmod 440 /etc/sudoers.d/antidote'

/**
 * What root types on the console before anybody can come in over SSH; passwords are set after it. Passwords of 5.x
 * expire after half a year or a year ("Password Security", 5.10), and an image is used for longer.
 */
export const consoleCommands = (
  { user, release: { cli, groups } }: Wanted,
  account: string,
): readonly (readonly string[])[] => [
  ['useradd', '--create-home', '--shell', '/bin/bash', '--groups', ['sudo', ...groups].join(','), user],
  ['sh', '-c', SUDO, 'sudo', user],
  ...[account, user].map((name) => ['chage', '-M', '-1', '-I', '-1', '-E', '-1', name]),
  ...(cli === 'nclu' ? [['sh', '-c', VRF]] : []),
]

/** Zero-touch provisioning is stopped and stays off: "Manually Use the ztp Command", Zero Touch Provisioning - ZTP. */
export const ZTP = `set -eu
systemctl stop ztp.service
ztp -d
`

/** NVUE writes the host name from its own configuration, whatever is in the files: "nv set system hostname". */
const NVUE_HOSTNAME = `set -eu
until nv show system >/dev/null 2>&1; do sleep 5; done
[ "$(uname -n)" != "$1" ] || exit 0
nv set system hostname "$1"
nv config apply -y
nv config save
`

/** NCLU's own files: /etc/hostname and /etc/hosts, Quick Start Guide, 3.7. */
const FILES_HOSTNAME = `set -eu
exec /usr/lib/antidote/hostname "$1"
`

export const HOSTNAME = { nclu: FILES_HOSTNAME, nvue: NVUE_HOSTNAME } as const

/** A reverse lookup would wait for a name server that no lesson has. */
export const USE_DNS = `set -eu
! grep -qi '^UseDNS' /etc/ssh/sshd_config || exit 0
sed -i '1i UseDNS no' /etc/ssh/sshd_config
systemctl reload ssh.service
`
