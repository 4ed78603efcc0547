import type { Step, Tree } from 'antidote'

/** What differs from one build to the next, or must not be shared by machines. */
export const CLEAN = `set -eu
: >/etc/machine-id
rm -f /etc/ssh/ssh_host_*_key* /var/lib/dbus/machine-id /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow- \\
  /etc/subuid- /etc/subgid- /etc/.pwd.lock /var/cache/ldconfig/aux-cache /var/cache/debconf/*-old \\
  /var/lib/dpkg/*-old /var/cache/apt/*.bin /var/lib/systemd/random-seed
find /var/log -type f -delete
rm -rf /var/lib/apt/lists /var/tmp/* /tmp/* /run/*
mkdir -p /var/lib/apt/lists/partial
`

/** The last layer of a tree: takes away what would make two builds differ. */
export const clean = (tree: Tree, step: Step): Promise<Tree> =>
  step.edit(tree, async (guest) => {
    await guest.exec(['sh', '-c', CLEAN])
  })
