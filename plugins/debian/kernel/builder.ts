import { join } from 'node:path'
import type { Need } from 'antidote'
import { mmdebstrap } from '../bootstrap.ts'
import { type Resolved, SUITES } from '../options.ts'

/** What compiles a kernel and packs it, beside the source itself. */
const PACKAGES = [
  'bc',
  'bison',
  'debhelper',
  'dpkg-dev',
  'flex',
  'gcc',
  'kmod',
  'libc6-dev',
  'libelf-dev',
  'lz4',
  'make',
  'xz-utils',
]

/** A tree of the suite to compile its kernel in; shared by every image of the suite. */
export const builder = ({ suite, mirror }: Resolved): Need => {
  // the older packaging makes headers too, with rsync
  const packages = [...PACKAGES, SUITES[suite].source, ...(suite === 'bookworm' ? ['rsync'] : [])].sort()
  return {
    name: 'kernel builder',
    version: '1',
    inputs: { suite, mirror, packages },
    make: (step) =>
      mmdebstrap(step, join(step.out, 'tree'), { suite, mirror, components: ['main'], packages }),
  }
}
