#!/bin/sh
# hostname NAME: what the machine calls itself, now and after its next start. Says what it changed.
set -eu
name=$1

if [ "$(cat /etc/hostname 2>/dev/null || :)" != "$name" ]; then
  # a power cut must not leave it empty
  echo "$name" >/etc/hostname.new
  mv /etc/hostname.new /etc/hostname
  # sudo and others look up the machine they run on
  [ ! -f /etc/hosts ] || sed -i "s/^127\.0\.1\.1[[:space:]].*/127.0.1.1 $name/" /etc/hosts
  changed=yes
fi
if [ "$(cat /proc/sys/kernel/hostname)" != "$name" ]; then
  echo "$name" >/proc/sys/kernel/hostname
  changed=yes
fi
[ -z "${changed:-}" ] || echo "changed hostname $name"
