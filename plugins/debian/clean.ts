import { linux, type Step, type Tree } from 'antidote'

/** What every Linux leaves, and what apt and dpkg do. */
export const CLEAN = `${linux.cleanScript}
rm -f /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/apt/*.bin
rm -rf /var/lib/apt/lists
mkdir -p /var/lib/apt/lists/partial
`

/** The last layer of a tree: takes away what would make two builds differ. */
export const clean = (tree: Tree, step: Step): Promise<Tree> =>
  step.edit(tree, async (guest) => {
    await guest.exec(['sh', '-c', CLEAN])
  })
