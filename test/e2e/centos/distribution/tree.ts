import { join } from 'node:path'
import { aptOptions, hostMirror, type Need, slimOptions, sourceLines } from 'antidote'
import { DEBIAN } from './groups.ts'

const MIRROR = hostMirror()

/** Debian's kernel for clouds where this family has its own: all of it below the directory of its modules. */
const KERNEL = `set -eu
cd /var/tmp
package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: //p' | head -n 1)
apt-get download "$package"
dpkg-deb --extract "$package"_*.deb kernel
version=$(ls kernel/boot/vmlinuz-* | sed s,.*/vmlinuz-,,)
mkdir -p /usr/lib/modules
mv kernel/*/lib/modules/"$version" /usr/lib/modules/ 2>/dev/null || mv kernel/lib/modules/"$version" /usr/lib/modules/
for name in vmlinuz config System.map; do mv "kernel/boot/$name-$version" "/usr/lib/modules/$version/$name"; done
depmod "$version"
rm -rf kernel ./*.deb
# what the family's kernel package has beside the source: a patch that tells itself by the name of the kernel
cd /usr/src
tar --occurrence=1 -xOf linux-source-6.12.tar.xz linux-source-6.12/Makefile >Makefile
sed 's/^EXTRAVERSION =.*/EXTRAVERSION = -stand-in/' Makefile |
  diff -u --label a/Makefile --label b/Makefile Makefile - >stand-in.patch || [ $? = 1 ]
printf '%s.%s.%s\\n' $(sed -En 's,^(VERSION|PATCHLEVEL|SUBLEVEL) = ,,p' Makefile) >version
rm Makefile
# OpenSSH's unit has another name there
cd /usr/lib/systemd/system
sed -i '/^Alias=/d' ssh.service
mv ssh.service sshd.service
rm -f /etc/systemd/system/sshd.service /etc/systemd/system/*/ssh.* ssh.socket
# the group of those that may use sudo
groupadd --system wheel
`

/** The Debian that the rpms are cut from. */
export const tree: Need = {
  name: 'tree',
  version: '1',
  inputs: { packages: DEBIAN, kernel: KERNEL },
  make: async (step) => {
    await step.run(
      [
        'mmdebstrap',
        '--mode=root',
        '--variant=apt',
        `--include=${DEBIAN.join(',')}`,
        ...aptOptions,
        ...slimOptions,
        `--customize-hook=chroot "$1" sh -c '${KERNEL.replaceAll("'", "'\\''")}'`,
        'trixie',
        join(step.out, 'tree'),
        ...sourceLines('trixie', MIRROR),
      ],
      { network: true, mounts: true, unsynced: true },
    )
  },
}
