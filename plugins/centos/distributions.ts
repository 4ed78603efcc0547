/** A distribution of the family. */
export type Distribution = 'centos' | 'rocky' | 'alma'

/** The newest and the oldest that are supported, by their major numbers. */
export type Major = 7 | 9 | 10

/** What a distribution has under its own name. */
interface Names {
  /** As people write it. */
  title: string
  releases: readonly Major[]
  /** Fingerprints of the keys that sign its packages. */
  fingerprints: Readonly<Partial<Record<Major, readonly string[]>>>
  /** The package that says which distribution this is, and brings its keys and repositories. */
  releasePackage: Readonly<Partial<Record<Major, string>>>
}

/**
 * Fingerprints: computed from the key files in github.com/rpm-software-management/distribution-gpg-keys, and as
 * published on www.centos.org/keys, rockylinux.org/keys and almalinux.org/security. Names of release packages: the
 * comps of each distribution; mock-core-configs, templates/*.tpl.
 */
export const DISTRIBUTIONS: Readonly<Record<Distribution, Names>> = {
  centos: {
    title: 'CentOS',
    releases: [7, 9, 10],
    fingerprints: {
      7: ['6341AB2753D78A78A7C27BB124C6A8A7F4A80EB5'],
      9: ['99DB70FAE1D7CE227FB6488205B555B38483C65D'],
      10: ['99DB70FAE1D7CE227FB6488205B555B38483C65D'],
    },
    releasePackage: { 7: 'centos-release', 9: 'centos-stream-release', 10: 'centos-stream-release' },
  },
  rocky: {
    title: 'Rocky Linux',
    releases: [9, 10],
    fingerprints: {
      9: ['21CB256AE16FC54C6E652949702D426D350D275D'],
      10: ['FC226859C0860BF0DDB95B085B106C736FEDFC85'],
    },
    releasePackage: { 9: 'rocky-release', 10: 'rocky-release' },
  },
  alma: {
    title: 'AlmaLinux',
    releases: [9, 10],
    fingerprints: {
      9: ['BF18AC2876178908D6E71267D36CB86CB86B3716'],
      10: ['EE6DB7B98F5BF5EDD9DA0DE5DEE5C11CC2A1E572'],
    },
    releasePackage: { 9: 'almalinux-release', 10: 'almalinux-release' },
  },
}

/** Versions of Linux that releases have, as far as the configuration of a kernel differs by them (kernel.spec). */
export const LINUX: Readonly<Partial<Record<Major, string>>> = { 9: '5.14', 10: '6.12' }

/** Keys of Extra Packages for Enterprise Linux; the same sources. */
export const EPEL_FINGERPRINTS: Readonly<Record<Major, string>> = {
  7: '91E97D7C4A5E96F17F3E888F6A2FAEA2352C64E5',
  9: 'FF8AD1344597106ECE813B918A3872BF3228467C',
  10: '7D8D15CBFC4E62688591FB2633D98517E37ED158',
}

/**
 * Where the guest's own rpm has its database: since Fedora 36, and so since release 10, below /usr (Fedora change
 * RelocateRPMToUsr; mkosi/distribution/centos.py, dbpath).
 */
export const databasePath = (major: Major): string => (major >= 10 ? '/usr/lib/sysimage/rpm' : '/var/lib/rpm')
