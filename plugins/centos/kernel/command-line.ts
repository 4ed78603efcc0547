import { linux } from 'antidote'
import type { Resolved } from '../options.ts'

/** An update of systemd puts its own /usr/sbin/init back, so what comes before it has a name of its own. */
const initOf = ({ init, selinux }: Pick<Resolved, 'init' | 'selinux'>): string[] => {
  if (init === 'minimal') return ['init=/usr/lib/antidote/init']
  return selinux === 'disabled' ? [] : ['init=/usr/lib/antidote/label']
}

/** What kernels of the family are started with. SELinux is on where nothing else is said. */
export const commandLine = (options: Pick<Resolved, 'init' | 'selinux'>): string =>
  linux.commandLine(
    'net.ifnames=0',
    'quiet',
    ...initOf(options),
    ...(options.selinux === 'disabled' ? ['selinux=0'] : ['selinux=1', 'security=selinux']),
  )
