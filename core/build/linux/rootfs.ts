import { fileURLToPath } from 'node:url'
import { sha256 } from '../../base/files/digest.ts'
import { digestFiles } from '../../base/model/key.ts'
import { reveal, type Secret } from '../../base/model/secret.ts'
import type { Step } from '../../contract/plugin/step.ts'
import type { Guest } from '../../machine/guest/guest.ts'

const directory = (name: string) => fileURLToPath(new URL(`./rootfs/${name}`, import.meta.url))

/** PID 1 of a guest: BusyBox init with a few scripts of ours, or systemd. */
export type Init = 'minimal' | 'systemd'

/** What every Linux guest is told about itself. */
export interface Settings {
  init: Init
  hostname: string
  locale: string
  user: string
  password: string | Secret
  /** The group that may use sudo: `sudo` or `wheel`. */
  adminGroup: string
}

const SETTINGS = `set -eu
hostname=$1 locale=$2 user=$3 group=$4
read -r hash
echo "$hostname" >/etc/hostname
printf '127.0.0.1 localhost\\n127.0.1.1 %s\\n::1 localhost ip6-localhost\\n' "$hostname" >/etc/hosts
# where PAM, and where systemd and login shells look
for file in /etc/default/locale /etc/locale.conf; do printf 'LANG=%s\\n' "$locale" >"$file"; done
mkdir -p /antidote
# a group of the distribution may have the name already
own=--user-group
! grep -q "^$user:" /etc/group || own="--gid=$user"
id -u "$user" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$own" --groups "$group" "$user"
printf '%s:%s\\n' "$user" "$hash" | chpasswd -e
usermod --lock root
printf '%s ALL=(ALL:ALL) NOPASSWD: ALL\\n' "$user" >/etc/sudoers.d/antidote
chmod 440 /etc/sudoers.d/antidote
# OpenSSH since 9.8 shuts out an address that fails or only looks; behind a translator everybody has the same one
set -- -o 'PerSourcePenalties no'
! sshd -G "$@" >/dev/null 2>&1 || echo "$2" >>/etc/ssh/sshd_config.d/antidote.conf
`

/** What each init starts, and what it does not: units that no guest needs, also those that a release lacks. */
const INIT: Record<Init, string> = {
  // BusyBox's commands: those of systemd talk to a systemd
  minimal: `set -eu
for name in poweroff reboot halt; do ln -sf ../bin/busybox "/usr/sbin/$name"; done
`,
  systemd: `set -eu
systemctl --quiet enable antidote-network antidote-keys antidote-lesson antidote-power serial-getty@ttyS0
systemctl --quiet mask getty@tty1.service fstrim.timer systemd-network-generator.service systemd-pstore.service \\
  systemd-hwdb-update.service systemd-rfkill.service systemd-rfkill.socket systemd-binfmt.service \\
  sys-kernel-debug.mount sys-kernel-tracing.mount dev-mqueue.mount dev-hugepages.mount \\
  proc-sys-fs-binfmt_misc.automount
# names come from the order of the slots; see /usr/lib/antidote/network
ln -sf /dev/null /etc/systemd/network/99-default.link
`,
}

/** Of SHA-512 crypt, whose own default is 5,000. */
const ROUNDS = 20_000

/**
 * The crypt(3) hash of a password. Its rounds take some tenths of a second under emulation. The salt has to be the same in
 * two builds, and comes from nothing secret; it differs from machine to machine, so that one table of hashes serves nobody.
 */
const hashPassword = async (
  step: Step,
  { hostname, user, password }: Pick<Settings, 'hostname' | 'user' | 'password'>,
): Promise<string> => {
  const salt = `rounds=${ROUNDS}$${sha256(`antidote salt\0${hostname}\0${user}`).slice(0, 16)}`
  const { stdout } = await step.run(['openssl', 'passwd', '-6', '-salt', salt, '-stdin'], {
    input: `${reveal(password)}\n`,
    onLine: () => {},
  })
  return stdout.trim()
}

/** Makes a bare tree a lab machine: its init, network, SSH, user, name and locale. */
export const applySettings = async (step: Step, guest: Guest, settings: Settings): Promise<void> => {
  const { init, hostname, locale, user, password, adminGroup } = settings
  step.mask(password)
  const hash = await hashPassword(step, settings)
  await guest.upload(directory('common'), '/')
  await guest.upload(directory(init), '/')
  await guest.exec(['sh', '-c', SETTINGS, 'settings', hostname, locale, user, adminGroup], {
    input: `${hash}\n`,
  })
  await guest.exec(['sh', '-c', INIT[init]])
}

/** The content of everything that `applySettings` writes, for a tap's inputs. */
export const settingsContent = (init: Init): Record<string, string> => ({
  ...digestFiles(directory('.'), ['common', init]),
  script: sha256(SETTINGS),
  rounds: String(ROUNDS),
  start: sha256(INIT[init]),
})
