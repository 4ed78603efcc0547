import { fileURLToPath } from 'node:url'

/** The directory of `mkinitrd` and its `initrd-init`: a small initrd with no more than a machine's disk drivers. */
export const initrdDirectory: string = fileURLToPath(new URL('./initrd', import.meta.url))
