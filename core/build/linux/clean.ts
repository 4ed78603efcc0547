/**
 * Takes away what every Linux tree has that differs from one build to the next, or must not be shared by machines. What
 * only one family of packages leaves comes after it.
 */
export const cleanScript = `set -eu
: >/etc/machine-id
rm -f /etc/ssh/ssh_host_*_key* /var/lib/dbus/machine-id /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow- \\
  /etc/subuid- /etc/subgid- /etc/.pwd.lock /var/cache/ldconfig/aux-cache /var/lib/systemd/random-seed
find /var/log -type f -delete
rm -rf /var/tmp/* /tmp/* /run/*
`
