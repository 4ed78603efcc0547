import type { Guest } from '../../machine/guest/guest.ts'
import { ROOT_PARTUUID } from '../disk/partitions/boot-sector.ts'

/** What GRUB starts. */
export interface BootEntry {
  /** Absolute paths in the tree. */
  kernel: string
  initrd?: string
  cmdline: string
}

/**
 * The kernel's command line: the root by its partition, wherever the disk is, and the console on the serial line. The
 * timer is not put to the test: on a busy host an emulated one can miss its ticks, and the kernel would panic.
 */
export const commandLine = (...more: string[]): string =>
  [`root=PARTUUID=${ROOT_PARTUUID}`, 'rw', 'console=ttyS0', 'no_timer_check', ...more].join(' ')

/** Writes GRUB's configuration; the loader itself is put on the disk with it. */
export const writeBootEntry = (guest: Guest, { kernel, initrd, cmdline }: BootEntry): Promise<void> =>
  guest.write(
    '/boot/grub/grub.cfg',
    [
      'serial --unit=0 --speed=115200',
      'terminal_input serial',
      'terminal_output serial',
      `linux ${kernel} ${cmdline}`,
      ...(initrd ? [`initrd ${initrd}`] : []),
      'boot',
      '',
    ].join('\n'),
    { mode: 0o644 },
  )
