import { basename } from 'node:path'
import type { Guest } from 'antidote'

/** Where the packages of a tree wait until its own rpm has seen them. */
const WAITING = '/var/cache/antidote-packages'

/**
 * rpm of release 7 reads Berkeley DB, which no rpm of today writes. So it makes its database itself, from the packages:
 * it only writes down that they are there.
 */
const SCRIPT = `set -eu
waiting=$1
path=$(rpm --eval %_dbpath)
rm -rf /var/lib/rpm "$path"
mkdir -p /var/lib/rpm "$path"
rpm --initdb
rpm -i --justdb --nodeps --noscripts --notriggers --nosignature --force "$waiting"/*.rpm
for key in /etc/pki/rpm-gpg/*; do [ ! -f "$key" ] || rpm --import "$key"; done
rm -rf "$waiting"
`

/** What the database is made from. */
export const databaseInputs = { script: SCRIPT, waiting: WAITING }

/** Makes the rpm database of a tree anew, with the tree's own rpm. */
export const ownDatabase = async (guest: Guest): Promise<void> => {
  await guest.exec(['sh', '-c', SCRIPT, 'database', WAITING])
}

/** Keeps packages that were installed by another rpm until then. */
export const keepForDatabase = async (guest: Guest, packages: readonly string[]): Promise<void> => {
  for (const file of packages) await guest.upload(file, `${WAITING}/${basename(file)}`)
}
