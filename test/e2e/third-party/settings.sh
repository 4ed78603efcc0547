# settings.sh TREE: what somebody else would set up in it.
set -eu
cd "$1"
echo router >etc/hostname
printf '127.0.0.1 localhost\n127.0.1.1 router\n' >etc/hosts
# cards keep the names that udev gives them: enp0s1 and so on
printf '[Match]\nName=en*\n\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=ipv6\n' >etc/systemd/network/any.network
chroot . systemctl -q enable systemd-networkd ssh
chroot . systemctl -q mask systemd-networkd-wait-online apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer e2scrub_all.timer
chroot . useradd -m -s /bin/bash operator1
echo operator1:routerpassword | chroot . chpasswd
echo 'operator1 ALL=(ALL) NOPASSWD: ALL' >etc/sudoers.d/operator1
chmod 440 etc/sudoers.d/operator1
# each machine takes an ID of its own, and none of the services of a first boot or an update has anything to do
: >etc/machine-id
touch etc/.updated var/.updated
rm -f etc/resolv.conf
echo 'nameserver 10.0.0.3' >etc/resolv.conf
# a small initrd
sed -i 's/^MODULES=.*/MODULES=list/' etc/initramfs-tools/initramfs.conf
printf '%s\n' virtio_pci virtio_blk virtio_net btrfs >>etc/initramfs-tools/modules
chroot . update-initramfs -u -k all
