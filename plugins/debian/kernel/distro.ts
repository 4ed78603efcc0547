import { fileURLToPath } from 'node:url'
import { digestFiles, type Guest, linux, type PluginHooks, type Step, type Tree } from 'antidote'
import { install } from '../apt.ts'
import type { Resolved } from '../options.ts'
import { COMMAND_LINE } from './command-line.ts'

const PACKAGE = 'linux-image-cloud-amd64'
const INITRD_PACKAGE = fileURLToPath(new URL('./initrd-package', import.meta.url))

/** Debian's own kernel for clouds, with an initrd of only what the machine needs. */
export const distroKernel = (hooks: PluginHooks, { suite }: Resolved): void => {
  const inputs = {
    suite,
    cmdline: COMMAND_LINE,
    package: PACKAGE,
    initrd: { ...digestFiles(INITRD_PACKAGE, ['.']), ...digestFiles(linux.initrdDirectory, ['.']) },
  }
  hooks.kernel.tap({ name: 'distro', inputs }, installKernel)
}

const installKernel = (tree: Tree, step: Step): Promise<Tree> =>
  linux.editKernel(tree, step, async (guest) => {
    await installInitrdPackage(guest)
    await install(step, guest, [PACKAGE])
    const { stdout } = await guest.exec([
      'sh',
      '-c',
      'ls /boot/vmlinuz-* | sed s,/boot/vmlinuz-,, | sort -V | tail -n 1',
    ])
    const release = stdout.trim()
    return linux.bootFromTree(step, guest, {
      kernel: `/boot/vmlinuz-${release}`,
      initrd: `/boot/initrd.img-${release}`,
      cmdline: COMMAND_LINE,
    })
  })

/** A package of ours in the place of initramfs-tools, so that apt stays content and the initrd stays small. */
const installInitrdPackage = async (guest: Guest): Promise<void> => {
  const at = '/var/tmp/antidote-initrd'
  await guest.upload(INITRD_PACKAGE, at)
  await guest.upload(linux.initrdDirectory, `${at}/usr/lib/antidote`)
  await guest.exec(['dpkg-deb', '--root-owner-group', '--build', at, `${at}.deb`])
  await guest.exec(['dpkg', '-i', `${at}.deb`])
  await guest.exec(['rm', '-rf', at, `${at}.deb`])
}
