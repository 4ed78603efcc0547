#!/bin/sh
# machine.sh ROOT: makes a directory the root of this namespace, as a machine that has just booted, and stays.
# Runs in mount, PID, IPC, UTS and network namespaces of its own, which end with it.
set -eu
root=$1

mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
cat /etc/resolv.conf >etc/resolv.conf
mount -t proc proc proc
mount -t sysfs sysfs sys
# one hierarchy, as Debian mounts it; this host may keep the controllers for itself
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp

# the devices and modes that udev gives a Debian
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/net dev/pts dev/shm
for device in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0 fuse:10:229 net/tun:10:200; do
  IFS=: read -r name major minor <<END
$device
END
  mknod -m 666 "dev/$name" c "$major" "$minor"
done
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd

hostname bare
pivot_root . mnt
umount -l /mnt
mount --make-rshared /
echo up
exec sleep infinity
