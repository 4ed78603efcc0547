import { join } from 'node:path'
import type { Need } from 'antidote'
import { DISTRIBUTIONS } from '../distributions.ts'
import { install, scripts, tools } from '../dnf/install.ts'
import type { Resolved } from '../options.ts'

/** Where unpack.sh finds the source package. */
const SOURCE = '/usr/src/kernel.src.rpm'

/** What compiles a kernel and packs it (BuildRequires of kernel.spec, without what only other parts of it need). */
const PACKAGES = [
  'bash',
  'bc',
  'bison',
  'coreutils',
  'cpio',
  'diffutils',
  'elfutils-libelf-devel',
  'findutils',
  'flex',
  'gawk',
  'gcc',
  'glibc-minimal-langpack',
  'grep',
  'gzip',
  'kmod',
  'lz4',
  'make',
  'patch',
  'perl-interpreter',
  'rpm-build',
  'sed',
  'tar',
  'xz',
]

/** A tree of the release with compilers and the kernel's source package; shared by every image of the release. */
export const builder = (options: Resolved): Need => {
  const { release, fingerprints, kernelSource } = options
  const repositories = [...options.repositories, kernelSource]
  const packages = [DISTRIBUTIONS[release.distribution].releasePackage[release.major]!, ...PACKAGES]
  // the compilers need no language of an image
  const source = { release, fingerprints, locale: 'C' }
  return {
    name: 'kernel builder',
    version: '1',
    inputs: { ...source, repositories, packages, scripts: scripts() },
    files: repositories.flatMap(({ key }) => (key ? [key] : [])),
    needs: { tools },
    make: async (step) => {
      const path = join(step.out, 'tree')
      const taken = await install(step, {
        root: { path },
        source,
        repositories,
        packages,
        sources: ['kernel'],
      })
      await step.run(['install', '-D', '-m', '644', taken.sources[0]!, join(path, SOURCE)], {
        readable: taken.sources,
      })
    },
  }
}
