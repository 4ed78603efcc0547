import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sha256 } from '../../base/files/digest.ts'
import type { Guest } from '../../machine/guest/guest.ts'
import { CHANNEL } from '../../machine/qemu/devices.ts'

/** What of our own guests listens on the channel, and what that calls. */
const SCRIPTS = ['channel', 'hostname'] as const

const DIRECTORY = '/usr/lib/antidote'

/** A script of ours for whatever POSIX shell a guest has. */
const script = (name: (typeof SCRIPTS)[number]): string =>
  readFileSync(
    fileURLToPath(new URL(`./rootfs/common/usr/lib/antidote/${name}`, import.meta.url)),
    'utf8',
  ).replace(/^#!.*/, '#!/bin/sh')

/** Started with everything else: where there is a port, it is there by then. */
const unit = (cards: string): string => `[Unit]
Description=Listen to who this machine is after it was restored

[Service]
Environment=CARDS=${cards}
ExecStart=${DIRECTORY}/channel
Restart=always

[Install]
WantedBy=multi-user.target
`

/** A restored machine is given keys of two types; those of others would be everybody's. */
const INSTALL = `set -eu
for type in ed25519 ecdsa; do
    [ -s "/etc/ssh/ssh_host_\${type}_key" ] || ssh-keygen -q -t "$type" -N '' -C '' -f "/etc/ssh/ssh_host_\${type}_key"
done
for key in /etc/ssh/ssh_host_*_key; do
    case $key in *_ed25519_key | *_ecdsa_key) ;; *) rm -f "$key" "$key.pub" ;; esac
done
systemctl daemon-reload
systemctl --quiet enable antidote-channel.service
systemctl start antidote-channel.service
`

/** It holds the port open. */
const LISTENS = `name=$1
for file in /sys/class/virtio-ports/*/name; do
    [ -e "$file" ] && [ "$(cat "$file")" = "$name" ] || continue
    file=\${file%/name} pid=$(systemctl show -p MainPID antidote-channel.service)
    [ "$(readlink "/proc/\${pid#MainPID=}/fd/3")" = "/dev/\${file##*/}" ] && exit 0
done
exit 1
`

/**
 * Makes a running Linux with systemd and OpenSSH, which is none of ours, listen on the channel. `cards` is what it calls
 * its data NICs, before their number.
 */
export const installListener = async (guest: Guest, { cards }: { cards: string }): Promise<void> => {
  for (const name of SCRIPTS) await guest.write(`${DIRECTORY}/${name}`, script(name), { mode: 0o755 })
  const file = '/etc/systemd/system/antidote-channel.service'
  await guest.write(file, unit(cards), { mode: 0o644 })
  await guest.exec(['sh', '-c', INSTALL], { root: true })
}

/** The content of everything that `installListener` writes and does, for a tap's inputs. */
export const listenerContent = (): Record<string, string> => ({
  ...Object.fromEntries(SCRIPTS.map((name) => [name, sha256(script(name))])),
  unit: sha256(unit('')),
  script: sha256(INSTALL),
})

/** Whether a running guest listens: its kernel may have no driver for such a port. */
export const hasListener = async (guest: Guest): Promise<boolean> => {
  const argv = ['sh', '-c', LISTENS, 'listens', CHANNEL.name]
  return (await guest.exec(argv, { root: true, allowFailure: true })).code === 0
}
