#!/bin/sh
# enter.sh ROOT COMMAND...: runs a command that calls scripts of packages in an install root; they find /dev, /proc and
# an empty /run there. Every mount dies with the namespace.
set -eu
root=$1
shift
mkdir -p "$root/dev" "$root/run"
for name in proc sys; do [ -d "$root/$name" ] || mkdir -m 555 "$root/$name"; done
busybox mount -o rbind /dev "$root/dev"
busybox mount -o rbind /proc "$root/proc"
busybox mount -t tmpfs -o mode=755 antidote "$root/run"
exec "$@"
