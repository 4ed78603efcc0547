import { GROUPS, type Group, LEFT_OUT } from './groups.ts'

/** A file or directory of the tree. */
export interface Entry {
  /** As find(1) names it: f, d, l. */
  type: string
  mode: string
  user: string
  group: string
  /** Absolute, in the tree. */
  path: string
}

/** What is made by machines, or belongs to no package. */
const UNPACKED =
  /^\/(boot|dev|proc|run|sys|tmp|var\/cache|var\/lib\/(apt|dpkg|ucf)|var\/log|var\/tmp|etc\/(apt|dpkg|debconf\.conf|ld\.so\.cache|hostname|machine-id|resolv\.conf|os-release|debian_version|ssh\/ssh_host_.*)|usr\/(src|lib\/os-release|share\/doc|share\/man|share\/info))(\/|$)/

const POLICY = /^\/(etc\/selinux|var\/lib\/selinux)\//

const MODULES = /^\/usr\/lib\/modules\/([^/]+)/

/** Which group a file belongs to. */
const groupOf = (path: string, owners: ReadonlyMap<string, string>): string | undefined => {
  if (UNPACKED.test(path)) return undefined
  if (MODULES.test(path))
    return /\/(vmlinuz|config|System\.map)$/.test(path) ? 'kernel-core' : 'kernel-modules-core'
  if (POLICY.test(path)) return 'selinux-policy-targeted'
  const deb = owners.get(path)
  if (deb === undefined) return 'setup'
  if (LEFT_OUT.includes(deb)) return undefined
  return (
    Object.entries(GROUPS).find(([, { from }]) =>
      from?.some((each) => (each instanceof RegExp ? each.test(deb) : each === deb)),
    )?.[0] ?? 'glibc'
  )
}

/** Accounts are in `setup`, so what is installed before it and with it can only be root's. */
const ownerOf = ({ user, group, type, path }: Entry): string =>
  type === 'd' || /^\/etc\/g?shadow/.test(path) ? 'root, root' : `${user}, ${group}`

const attributes = (entry: Entry): string => {
  const { type, path } = entry
  if (type === 'l') return ''
  const mode = /^\/(proc|sys)$/.test(path) ? '555' : entry.mode
  const caps = path === '/usr/bin/ping' ? '%caps(cap_net_raw=ep) ' : ''
  const config = type === 'f' && path.startsWith('/etc/') ? '%config(noreplace) ' : ''
  return `${type === 'd' ? '%dir ' : ''}${config}${caps}%attr(${mode}, ${ownerOf(entry)}) `
}

/** One line of %files; in quotes a name is no pattern. */
const line = (entry: Entry): string => `${attributes(entry)}"${entry.path.replaceAll('%', '%%')}"`

const header = (name: string, { requires = [], provides = [] }: Group): string =>
  [
    `%package -n ${name}`,
    `Summary: ${name} of the stand-in`,
    'AutoReqProv: no',
    ...(['filesystem', 'setup', 'glibc'].includes(name) ? [] : ['Requires: glibc']),
    ...requires.map((other) => `Requires: ${other}`),
    ...provides.map((other) => `Provides: ${other}`),
    `%description -n ${name}`,
    `${name}, cut from Debian for tests.`,
    '',
  ].join('\n')

/** Groups that come from no Debian package. */
const made = (kernel: string): Record<string, Group> => ({
  filesystem: {},
  setup: { requires: ['filesystem'] },
  glibc: { requires: ['setup'], more: '%posttrans -n glibc -p /usr/sbin/ldconfig\n' },
  'centos-gpg-keys': {},
  'centos-stream-release': {
    requires: ['centos-gpg-keys'],
    provides: ['system-release = 10', 'redhat-release', 'centos-release'],
  },
  'kernel-modules-core': {},
  'kernel-core': {
    requires: ['kernel-modules-core', 'systemd'],
    provides: ['installonlypkg(kernel)', 'kernel'],
    // as the family's own: it leaves what is in /boot to kernel-install
    more: `%posttrans -n kernel-core\nkernel-install add ${kernel} /lib/modules/${kernel}/vmlinuz || exit $?\n`,
  },
})

/** The spec file of all rpms that are cut from the tree. */
export const specOf = (entries: readonly Entry[], owners: ReadonlyMap<string, string>): string => {
  const kernel = entries.map(({ path }) => MODULES.exec(path)?.[1]).find((version) => version !== undefined)
  if (kernel === undefined) throw new Error('the tree has no kernel')
  const groups: Record<string, Group> = { ...made(kernel), ...GROUPS }
  const files = new Map(Object.keys(groups).map((name) => [name, [] as string[]]))
  for (const entry of entries) {
    const group = groupOf(entry.path, owners)
    // directories are filesystem's, as most are; those of machines are needed empty
    if (
      entry.type === 'd' &&
      (group || /^\/(boot|dev|proc|run|sys|tmp|var\/(cache|log|tmp))$/.test(entry.path))
    )
      files.get('filesystem')!.push(line(entry))
    else if (group) files.get(group)!.push(line(entry))
  }
  files.get('centos-gpg-keys')!.push('/etc/pki/rpm-gpg/RPM-GPG-KEY-centosofficial-SHA256')
  files.get('centos-stream-release')!.push('/etc/os-release', '/usr/lib/os-release', '/etc/redhat-release')
  files.get('rpm')!.push('/etc/rpm/macros.dbpath', '%dir /usr/lib/sysimage/rpm')
  return [
    'Name: stand-in\nVersion: 13\nRelease: 1.el10\nSummary: A stand-in\nLicense: various\n%description\nA stand-in.\n',
    ...Object.entries(groups).map(([name, group]) => header(name, group)),
    '%install\ncp -a %{tree}/. %{buildroot}/\ncp -a --remove-destination %{overlay}/. %{buildroot}/\n',
    ...Object.entries(groups).flatMap(([, { more }]) => (more ? [more] : [])),
    ...[...files].map(([name, lines]) => `%files -n ${name}\n${lines.join('\n')}\n`),
  ].join('\n')
}
