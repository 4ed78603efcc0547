import { fileURLToPath } from 'node:url'
import type { Distribution, Major } from './distributions.ts'
import { EPEL_FINGERPRINTS } from './distributions.ts'

/** A source of packages. One of `baseurl`, `mirrorlist` and `metalink` says where it is. */
export interface Repository {
  name: string
  /** http, https or file. `$releasever` and `$basearch` are filled in. */
  baseurl?: string
  mirrorlist?: string
  metalink?: string
  /** The file of the key that signs its packages, relative to the config. */
  key?: string
  /** The fingerprint of the key, which one of its own packages then brings in /etc/pki/rpm-gpg. */
  fingerprint?: string
}

/** The directories of this host that repositories are in. */
export const localDirectories = (repositories: readonly Repository[]): string[] => [
  ...new Set(
    repositories.flatMap(({ baseurl }) => (baseurl?.startsWith('file://') ? [fileURLToPath(baseurl)] : [])),
  ),
]

/** What a release is called in its mirrors. */
export interface Release {
  distribution: Distribution
  major: Major
  /** With a minor number where one was given: 9 or 9.6. */
  version: string
}

/** The last CentOS 7, which is all that the vault has of it under this name. */
const VAULT_7 = '7.9.2009'

const join = (base: string, path: string): string => `${base.replace(/\/+$/, '')}/${path}`

/**
 * CentOS Stream: templates/centos-stream-{9,10}.tpl of mock, centos.py of mkosi; the layout of a mirror is that of
 * mirror.stream.centos.org.
 */
const stream = ({ major }: Release, name: string, mirror?: string): Repository => {
  return {
    name: name.toLowerCase(),
    ...(mirror
      ? { baseurl: join(mirror, `${major}-stream/${name}/$basearch/os/`) }
      : {
          metalink: `https://mirrors.centos.org/metalink?repo=centos-${name.toLowerCase()}-${major}-stream&arch=$basearch&protocol=https,http`,
        }),
  }
}

/** Rocky Linux: templates/rocky-{9,10}.tpl of mock; a mirror has the layout of dl.rockylinux.org/pub/rocky. */
const rocky = ({ version }: Release, name: string, mirror?: string): Repository => {
  return {
    name: name.toLowerCase(),
    ...(mirror
      ? { baseurl: join(mirror, `${version}/${name}/$basearch/os/`) }
      : { mirrorlist: `https://mirrors.rockylinux.org/mirrorlist?arch=$basearch&repo=${name}-${version}` }),
  }
}

/** AlmaLinux: templates/almalinux-{9,10}.tpl of mock; a mirror has the layout of repo.almalinux.org/almalinux. */
const alma = ({ version }: Release, name: string, mirror?: string): Repository => ({
  name: name.toLowerCase(),
  ...(mirror
    ? { baseurl: join(mirror, `${version}/${name}/$basearch/os/`) }
    : {
        mirrorlist: `https://mirrors.almalinux.org/mirrorlist/${version}/${name.toLowerCase()}`,
      }),
})

/** CentOS 7 is only in the vault: etc/yum.repos.d/CentOS-Vault.repo of its centos-release. */
const seven = (name: string, mirror = 'https://vault.centos.org'): Repository => ({
  name: name === 'os' ? 'base' : name,
  baseurl: join(mirror, `${VAULT_7}/${name}/$basearch/`),
})

const MAKERS = { centos: stream, rocky, alma } as const

/** A distribution's own repositories, from its own list of mirrors or from one mirror. */
export const ownRepositories = (release: Release, mirror?: string): Repository[] => {
  if (release.major === 7) return ['os', 'updates'].map((name) => seven(name, mirror))
  return ['BaseOS', 'AppStream'].map((name) => MAKERS[release.distribution](release, name, mirror))
}

/**
 * Where the source packages of the base are: [baseos-source] in templates/{centos-stream,rocky,almalinux}-10.tpl of mock.
 * Below a mirror as on mirror.stream.centos.org, dl.rockylinux.org/pub/rocky and vault.almalinux.org.
 */
export const sourceRepository = (release: Release, mirror?: string): Repository => {
  const { distribution, major, version } = release
  const places: Record<Distribution, Omit<Repository, 'name'>> = {
    centos: mirror
      ? { baseurl: join(mirror, `${major}-stream/BaseOS/source/tree/`) }
      : {
          metalink: `https://mirrors.centos.org/metalink?repo=centos-baseos-source-${major}-stream&arch=source&protocol=https,http`,
        },
    rocky: mirror
      ? { baseurl: join(mirror, `${version}/BaseOS/source/tree/`) }
      : {
          mirrorlist: `https://mirrors.rockylinux.org/mirrorlist?arch=source&repo=BaseOS-${version}-source`,
        },
    alma: mirror
      ? { baseurl: join(mirror, `${version}/BaseOS/Source/`) }
      : { mirrorlist: `https://mirrors.almalinux.org/mirrorlist/${version}/baseos-source` },
  }
  return { name: 'baseos-source', ...places[distribution] }
}

/** Extra Packages for Enterprise Linux: templates/epel-{9,10}.tpl of mock; number 7 is archived. */
export const epelRepository = (major: Major, mirror?: string): Repository => ({
  name: 'epel',
  fingerprint: EPEL_FINGERPRINTS[major],
  ...(mirror
    ? { baseurl: join(mirror, `${major}${major === 7 ? '' : '/Everything'}/$basearch/`) }
    : major === 7
      ? { baseurl: 'https://archives.fedoraproject.org/pub/archive/epel/7/$basearch/' }
      : { metalink: `https://mirrors.fedoraproject.org/metalink?repo=epel-${major}&arch=$basearch` }),
})
