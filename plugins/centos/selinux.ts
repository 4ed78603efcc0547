import { fileURLToPath } from 'node:url'
import { digestFiles, type Guest } from 'antidote'
import type { Resolved } from './options.ts'

const FILES = fileURLToPath(new URL('./rootfs/selinux', import.meta.url))

/** What starts our services are programs: as libraries they would run in the domain of systemd itself. */
const SCRIPT = `set -eu
sed -i "s/^SELINUX=.*/SELINUX=$1/" /etc/selinux/config
. /etc/selinux/config
echo '/usr/lib/antidote(/.*)? system_u:object_r:bin_t:s0' >>"/etc/selinux/$SELINUXTYPE/contexts/files/file_contexts.local"
`

/** What the settings of SELinux are made from. */
export const selinuxInputs = ({ selinux }: Pick<Resolved, 'selinux'>) =>
  selinux === 'disabled' ? {} : { selinux, script: SCRIPT, files: digestFiles(FILES, ['.']) }

/** Has the machine started with SELinux, and every file labelled before it is. */
export const setSelinux = async (guest: Guest, { selinux }: Pick<Resolved, 'selinux'>): Promise<void> => {
  if (selinux === 'disabled') return
  await guest.upload(FILES, '/')
  await guest.exec(['sh', '-c', SCRIPT, 'selinux', selinux])
}
