import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineImage, definePlugin, toolset } from 'antidote'
import { tree } from './tree.ts'

const SCRIPT = fileURLToPath(new URL('build.sh', import.meta.url))
const TOOLS = ['btrfs-progs', 'dosfstools', 'mtools', 'systemd-boot-efi']

/**
 * A disk as another image builder makes it: Debian 13 with systemd, for UEFI alone, with a GPT, an ESP with systemd-boot,
 * the root on btrfs on a discoverable partition, cards with udev's names, and a host name of its own.
 */
export default defineImage({
  name: 'third-party',
  use: [
    definePlugin({
      name: 'builder-of-others',
      version: '1',
      apply(hooks) {
        hooks.bootstrap.tap(
          { name: 'disk', files: [SCRIPT], needs: { tree, tools: toolset(TOOLS) } },
          async (_nothing, step) => {
            await step.run(['sh', SCRIPT, join(step.need('tree'), 'tree'), step.work, step.out], {
              tools: 'tools',
              readable: [SCRIPT],
              unsynced: true,
            })
            return { kind: 'disk', chain: [step.ref('disk.qcow2')] }
          },
        )
      },
    }),
  ],
})
