/** What dnf and rpm leave; the history knows the hour of each transaction. */
export const CLEAN = `rm -rf /var/cache/dnf /var/cache/yum /var/cache/libdnf5 /var/lib/dnf/history.sqlite* /var/lib/yum/history \\
  /var/lib/yum/yumdb /var/lib/rpm/__db.* /var/lib/rpm/.rpm.lock /usr/lib/sysimage/rpm/.rpm.lock
`

/** Packages that a broken transaction leaves: without what they need, or beside the version they were to replace. */
export const PACKAGES = {
  unfinished: `rpm -Va --nofiles --nodigest --nosignature --noscripts 2>/dev/null |
  sed -n 's/^Unsatisfied dependencies for \\([^: ]*\\):.*/\\1/p'
rpm -qa --qf '%{NAME}.%{ARCH}\\n' | grep -v -e '^kernel' -e '^gpg-pubkey' | sort | uniq -d
`,
  finish: 'dnf check; dnf -y distro-sync',
}
