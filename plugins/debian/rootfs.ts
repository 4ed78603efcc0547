import { fileURLToPath } from 'node:url'
import { digestFiles, linux, type Step, type Tree } from 'antidote'
import { generateLocale, localeInputs } from './locale.ts'
import type { Resolved } from './options.ts'

const MINIMAL = fileURLToPath(new URL('./rootfs/minimal', import.meta.url))

/** What Debian's packages set up for another init, or at times that no guest needs. */
const MINIMAL_SCRIPT = `set -eu
ln -sf ../bin/busybox /usr/sbin/init
for script in ssh sudo procps; do update-rc.d -f "$script" remove >/dev/null 2>&1 || true; done
`
const SYSTEMD_SCRIPT = `set -eu
systemctl --quiet enable systemd-networkd ssh
systemctl --quiet disable ssh.socket sshd-keygen.service systemd-networkd-wait-online.service || true
systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \\
  e2scrub_reap.service systemd-timesyncd.service
`

type Settled = linux.Settled<Resolved>

/** Everything that `rootfs` makes its layer from. */
export const rootfsInputs = ({ init, user, password, hostname, locale }: Settled) => ({
  init,
  user,
  password,
  hostname,
  locale,
  settings: linux.settingsContent(init),
  ...localeInputs(locale),
  files: init === 'minimal' ? digestFiles(MINIMAL, ['.']) : {},
  script: init === 'minimal' ? MINIMAL_SCRIPT : SYSTEMD_SCRIPT,
})

/** The root file system of a Debian machine: what every Linux guest gets, and what only Debian needs. */
export const rootfs = async (tree: Tree, step: Step, options: Settled): Promise<Tree> =>
  step.edit(tree, async (guest) => {
    const { init, hostname, locale, user, password } = options
    await linux.applySettings(step, guest, { init, hostname, locale, user, password, adminGroup: 'sudo' })
    await generateLocale(guest, locale)
    if (init === 'minimal') await guest.upload(MINIMAL, '/')
    await guest.exec(['sh', '-c', init === 'minimal' ? MINIMAL_SCRIPT : SYSTEMD_SCRIPT])
  })
