import { megabytes, type Row } from './measure.ts'
import type { Published } from './podman.ts'

/** What an image weighs as it travels, of this repository's own and of a minimal one. */
export const sizeRows = (utility: Published, minimal: Published): Row[] => {
  const total = ({ layers }: Published) => layers.reduce((sum, { bytes }) => sum + bytes, 0)
  const runtime = (image: Published) => image.layers.find(({ role }) => role === 'runtime')!
  const digests = new Set([utility, minimal].map((image) => runtime(image).digest))
  return [
    megabytes('runtime layer, compressed', runtime(minimal).bytes, 65),
    {
      what: 'digests of the runtime layer in two images',
      value: String(digests.size),
      limit: '1',
      ok: digests.size === 1,
    },
    megabytes('utility image, compressed', total(utility), 250),
    megabytes('minimal Debian image, compressed', total(minimal), 140),
  ]
}

/** Debian as its own cloud images start: their kernel with the initrd of initramfs-tools, and systemd. */
export const stockConfig = `import { defineImage, definePlugin } from 'antidote'
import { debian } from 'antidote/plugins'

const INSTALL = 'apt-get -q update && apt-get -q -y install --no-install-recommends initramfs-tools && update-initramfs -u -k all'

const initramfsTools = definePlugin({
  name: 'initramfs-tools',
  version: '1',
  apply: ({ kernel }) =>
    kernel.tap('initrd', async (tree, step) => {
      const next = await step.edit(tree, async (guest) => {
        await guest.exec(['sh', '-c', INSTALL])
        const { stdout } = await guest.exec(['sh', '-c', 'ls /boot/initrd.img-*'])
        await guest.download(stdout.trim(), step.out + '/initrd.img')
      })
      return { ...next, boot: { ...tree.boot, initrd: step.ref('initrd.img') } }
    }),
})

export default defineImage({
  name: 'stock',
  use: [debian({ kernel: 'distro', init: 'systemd' }), initramfsTools],
})
`
