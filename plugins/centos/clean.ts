/** What dnf and rpm leave; the history knows the hour of each transaction. */
export const CLEAN = `rm -rf /var/cache/dnf /var/cache/yum /var/cache/libdnf5 /var/lib/dnf/history.sqlite* /var/lib/yum/history \\
  /var/lib/yum/yumdb /var/lib/rpm/__db.* /var/lib/rpm/.rpm.lock /usr/lib/sysimage/rpm/.rpm.lock
`
