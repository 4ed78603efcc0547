import { linux, type Step, type Tree } from 'antidote'

/** What every Linux leaves, and what dnf and rpm do. The history knows the hour of each transaction. */
export const CLEAN = `${linux.cleanScript}
rm -rf /var/cache/dnf /var/cache/yum /var/cache/libdnf5 /var/lib/dnf/history.sqlite* /var/lib/yum/history \\
  /var/lib/yum/yumdb /var/lib/rpm/__db.* /var/lib/rpm/.rpm.lock /usr/lib/sysimage/rpm/.rpm.lock
`

/** The last layer of a tree: takes away what would make two builds differ. */
export const clean = (tree: Tree, step: Step): Promise<Tree> =>
  step.edit(tree, async (guest) => {
    await guest.exec(['sh', '-c', CLEAN])
  })
