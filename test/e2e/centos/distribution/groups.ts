/** One rpm of the stand-in: the Debian packages whose files it holds, and what it says of itself. */
export interface Group {
  from?: readonly (string | RegExp)[]
  requires?: readonly string[]
  provides?: readonly string[]
  /** Further lines of the spec file: scriptlets. */
  more?: string
}

/**
 * The rpms, by their names in the family. What no group names goes into `glibc` with the libraries; what belongs to no
 * Debian package (accounts, alternatives, answers of set-up scripts) into `setup`.
 */
export const GROUPS: Readonly<Record<string, Group>> = {
  bc: { from: ['bc'] },
  bison: { from: ['bison', 'm4'] },
  cpio: { from: ['cpio'] },
  diffutils: { from: ['diffutils'] },
  'elfutils-libelf-devel': { from: ['libelf-dev', 'zlib1g-dev', 'libzstd-dev', 'liblzma-dev'] },
  flex: { from: [/^(flex|libfl)/] },
  gcc: {
    from: [
      /^(gcc|cpp|binutils|libc-dev|libc6-dev|libcrypt-dev|linux-libc-dev|rpcsvc-proto)/,
      /^lib(asan|binutils|cc1|ctf|gcc-\d+-dev|gprofng|hwasan|isl|itm|lsan|mpc|mpfr|quadmath|sframe|tsan|ubsan)/,
    ],
  },
  lz4: { from: ['lz4'] },
  make: { from: ['make'] },
  patch: { from: ['patch'] },
  'perl-interpreter': { from: ['perl-base'] },
  tar: { from: ['tar'] },
  xz: { from: ['xz-utils'] },
  bash: { from: ['bash'], provides: ['/bin/sh'] },
  coreutils: { from: ['coreutils'] },
  dbus: { from: ['dbus', 'dbus-bin', 'dbus-daemon', 'dbus-session-bus-common', 'dbus-system-bus-common'] },
  dnf: {
    from: [
      'dnf',
      'dnf-data',
      'python3-dnf',
      'python3-hawkey',
      'python3-libdnf',
      'python3-libcomps',
      'libdnf2t64',
    ],
    // release 7 asks for yum
    provides: ['yum'],
    requires: ['python3', 'rpm'],
  },
  findutils: { from: ['findutils'] },
  gawk: { from: ['mawk'] },
  'glibc-minimal-langpack': {},
  grep: { from: ['grep'] },
  gzip: { from: ['gzip'] },
  iproute: { from: ['iproute2'] },
  iputils: { from: ['iputils-ping'] },
  kmod: { from: ['kmod'] },
  less: { from: ['less'] },
  nano: { from: ['nano'] },
  NetworkManager: { from: ['network-manager', 'libnm0'], requires: ['dbus', 'systemd'] },
  openssh: { requires: ['openssh-clients'] },
  'openssh-clients': { from: ['openssh-client'] },
  'openssh-server': { from: ['openssh-server', 'openssh-sftp-server'], requires: ['openssh'] },
  'shadow-utils': { from: ['passwd', 'login.defs', 'uidmap'] },
  'procps-ng': { from: ['procps'] },
  python3: {
    from: [
      'python3',
      'python3-minimal',
      'python3.13',
      'python3.13-minimal',
      'libpython3.13-minimal',
      'libpython3.13-stdlib',
    ],
  },
  rpm: {
    from: [
      'rpm',
      'rpm-common',
      'rpm2cpio',
      'librpm10',
      'librpmio10',
      'librpmbuild10',
      'librpmsign10',
      'python3-rpm',
    ],
    provides: ['rpm-build'],
  },
  policycoreutils: { from: ['policycoreutils', 'selinux-utils', 'semodule-utils'] },
  sed: { from: ['sed'] },
  // its files are made where it is installed: see spec.ts
  'selinux-policy-targeted': { from: ['selinux-policy-default'] },
  sudo: { from: ['sudo'] },
  systemd: {
    from: ['systemd', 'systemd-sysv', 'libsystemd-shared', 'systemd-standalone-sysusers'],
    requires: ['dbus'],
    more: '%post -n systemd\nsystemd-machine-id-setup >/dev/null 2>&1 || :\n',
  },
  'systemd-udev': { from: ['udev'] },
  tcpdump: { from: ['tcpdump'] },
  'util-linux': { from: ['util-linux', 'mount', 'login', 'bsdutils'] },
  zstd: { from: ['zstd'] },
}

/** What the tree that the rpms are cut from is made of; what those need comes along. */
export const DEBIAN: readonly string[] = [
  'bc',
  'bison',
  'cpio',
  'dbus',
  'dnf',
  'flex',
  'gcc',
  'iproute2',
  'iputils-ping',
  'kmod',
  'less',
  'libc6-dev',
  'libelf-dev',
  'linux-source-6.12',
  'lz4',
  'make',
  'nano',
  'netbase',
  'network-manager',
  'openssh-server',
  'patch',
  'procps',
  'policycoreutils',
  'rpm',
  'selinux-policy-default',
  'selinux-utils',
  'sudo',
  'systemd-sysv',
  'tcpdump',
  'udev',
  'xz-utils',
  'zstd',
]

/** Debian's own package management has no place in this family. */
export const LEFT_OUT: readonly string[] = [
  'apt',
  'libapt-pkg7.0',
  'debconf',
  'debian-archive-keyring',
  'dpkg',
  'ucf',
]
