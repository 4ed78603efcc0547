import { fileURLToPath } from 'node:url'
import { digestFiles, linux, type Step, type Tree } from 'antidote'
import { databaseInputs, ownDatabase } from './database.ts'
import type { Resolved } from './options.ts'
import { CONNECTION } from './rootfs/connection.ts'
import { selinuxInputs, setSelinux } from './selinux.ts'

const SYSTEMD = fileURLToPath(new URL('./rootfs/systemd', import.meta.url))

/** What dnf installs in the guest is as small as what was built; rpm leaves out the same languages. */
const COMMON_SCRIPT = `set -eu
for file in /etc/dnf/dnf.conf /etc/yum.conf; do
  [ ! -e "$file" ] || grep -q '^tsflags=nodocs' "$file" || sed -i '/^\\[main\\]/a tsflags=nodocs\\ninstall_weak_deps=False' "$file"
done
mkdir -p /etc/rpm
echo "%_install_langs $1" >/etc/rpm/macros.image-language-conf
# OpenSSH before 8.2 reads no directory of settings; the first value counts
config=/etc/ssh/sshd_config
grep -qi '^Include .*sshd_config\\.d' $config || {
  cat /etc/ssh/sshd_config.d/antidote.conf $config >$config.new
  chmod 600 $config.new
  mv $config.new $config
}
`

/** What the kernel starts: an update of systemd would put its own /usr/sbin/init back. */
const MINIMAL_SCRIPT = 'ln -sf ../../bin/busybox /usr/lib/antidote/init'

/** Units of the family that no guest needs, or that do what ours do; those that a release lacks are no matter. */
const SYSTEMD_SCRIPT = `set -eu
systemctl --quiet enable NetworkManager sshd
systemctl --quiet mask sshd-keygen.target sshd-keygen@rsa.service sshd-keygen@ecdsa.service sshd-keygen@ed25519.service \\
  sshd-keygen.service systemd-networkd.service NetworkManager-wait-online.service dnf-makecache.timer dnf-makecache.service \\
  kdump.service firewalld.service selinux-autorelabel-mark.service
`

type Settled = linux.Settled<Resolved>

/** Everything that `rootfs` makes its layer from. */
export const rootfsInputs = ({ init, user, password, hostname, locale, selinux, release }: Settled) => ({
  ...(release.major === 7 && { database: databaseInputs }),
  ...selinuxInputs({ selinux }),
  init,
  user,
  password,
  hostname,
  locale,
  settings: linux.settingsContent(init),
  files: init === 'systemd' ? { ...digestFiles(SYSTEMD, ['.']), connection: CONNECTION } : {},
  scripts: [COMMON_SCRIPT, init === 'minimal' ? MINIMAL_SCRIPT : SYSTEMD_SCRIPT],
})

/** The root file system of a machine: what every Linux guest gets, and what only this family needs. */
export const rootfs = async (tree: Tree, step: Step, options: Settled): Promise<Tree> =>
  step.edit(tree, async (guest) => {
    const { init, hostname, locale, user, password } = options
    if (options.release.major === 7) await ownDatabase(guest)
    await linux.applySettings(step, guest, { init, hostname, locale, user, password, adminGroup: 'wheel' })
    if (init === 'systemd') {
      await guest.upload(SYSTEMD, '/')
      await guest.write(CONNECTION.path, CONNECTION.content, { mode: 0o600 })
    }
    await guest.exec(['sh', '-c', COMMON_SCRIPT, 'common', locale.split('.')[0]!])
    await setSelinux(guest, options)
    await guest.exec(['sh', '-c', init === 'minimal' ? MINIMAL_SCRIPT : SYSTEMD_SCRIPT])
  })
