import { fileURLToPath } from 'node:url'
import { digestFiles, linux, type PluginHooks } from 'antidote'
import { keepForDatabase } from '../database.ts'
import { install, scripts, tools } from '../dnf/install.ts'
import type { Resolved } from '../options.ts'
import { commandLine } from './command-line.ts'

const INSTALL = fileURLToPath(new URL('./install', import.meta.url))

/** The kernel without drivers for what no virtual machine has (kernel.spec); of release 7 it is one package. */
const packagesOf = ({ release }: Resolved): string[] => [release.major === 7 ? 'kernel' : 'kernel-core']

/** Other makers of initrds and boot entries have nothing to do: releases before install.conf call them all the same. */
const SCRIPT = `set -eu
for name in 50-dracut 51-dracut-rescue 20-grub 90-loaderentry 99-grub-mkconfig; do
  ln -sf /dev/null "/etc/kernel/install.d/$name.install"
done
`

/** Release 7 leaves it to other programs; a kernel that was installed in a container may have done nothing. */
const FINISH = `set -eu
version=$(ls /lib/modules | sort -V | tail -n 1)
[ -e "/boot/vmlinuz-$version" ] || cp "/lib/modules/$version/vmlinuz" "/boot/vmlinuz-$version"
[ -e "/boot/initrd.img-$version" ] || /usr/lib/antidote/mkinitrd "$version"
rm -rf /boot/loader "/boot/initramfs-$version.img"
echo "$version"
`

/** The distribution's own kernel, with an initrd of only what the machine needs. */
export const distroKernel = (hooks: PluginHooks, options: Resolved): void => {
  const { release, repositories, sources } = options
  const packages = packagesOf(options)
  const cmdline = commandLine(options)
  const inputs = {
    release,
    repositories,
    sources,
    cmdline,
    packages,
    scripts: { ...scripts(), script: SCRIPT, finish: FINISH },
    initrd: { ...digestFiles(INSTALL, ['.']), ...digestFiles(linux.initrdDirectory, ['.']) },
  }
  hooks.kernel.tap({ name: 'distro', inputs, needs: { tools } }, (tree, step) =>
    linux.editKernel(tree, step, async (guest) => {
      await guest.upload(INSTALL, '/')
      await guest.upload(linux.initrdDirectory, '/usr/lib/antidote')
      await guest.exec(['sh', '-c', SCRIPT])
      const taken = await install(step, {
        root: { path: '/tree', guest },
        source: options,
        repositories: [...repositories, ...sources],
        packages,
      })
      if (release.major === 7) await keepForDatabase(guest, taken.packages)
      const { stdout } = await guest.exec(['sh', '-c', FINISH])
      const version = stdout.trim().split('\n').at(-1)!
      return linux.bootFromTree(step, guest, {
        kernel: `/boot/vmlinuz-${version}`,
        initrd: `/boot/initrd.img-${version}`,
        cmdline,
      })
    }),
  )
}
