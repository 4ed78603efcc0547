#!/bin/sh
# Takes from the tree what only images of ours have, and leaves the state in which the vendor ships its disk.
set -eu
# the vendor's disk is on IDE, of which our own initrd has no driver
sed -i 's/virtio_blk/virtio_blk ata_piix sd_mod/' /usr/lib/antidote/mkinitrd
for kernel in /lib/modules/*; do /usr/lib/antidote/mkinitrd "${kernel##*/}"; done
mkdir /usr/lib/cumulus-double
mv /usr/lib/antidote/drivers /usr/lib/cumulus-double/drivers
systemctl --quiet disable systemd-networkd antidote-network antidote-keys antidote-lesson
rm -r /usr/lib/antidote /etc/systemd/network/10-management.network /etc/ssh/sshd_config.d/antidote.conf \
    /etc/udev/rules.d/70-antidote.rules
for unit in channel hostname keys lease lesson network; do rm -f /etc/systemd/system/antidote-$unit.*; done

chmod 755 /usr/bin/nv /usr/sbin/ztp /etc/hw_init.d/*
mkdir -p /etc/network/interfaces.d
for group in nvshow nvset nvapply netshow; do groupadd --system "$group"; done
usermod --append --groups nvapply cumulus
systemctl --quiet enable hw_init host_keys networking frr nvued ztp
# host keys of all types at the first start, made here, where it takes no time
mkdir -p /usr/lib/cumulus-double/etc/ssh
ssh-keygen -A -f /usr/lib/cumulus-double

# sudo asks for the password; the first login wants a new one, and not any
rm /etc/sudoers.d/antidote
chage --lastday 0 --maxdays 180 cumulus
sed -i 's/pam_pwquality.so.*/pam_pwquality.so retry=3 minlen=8 lcredit=-1 ucredit=-1 dcredit=-1 ocredit=-1 dictcheck=0/' \
    /etc/pam.d/common-password
# what the vendor shows
printf 'Debian GNU/Linux 12 \\n \\l\n\n' >/etc/issue
printf "Welcome to NVIDIA Cumulus (R) Linux (R)\n\nZTP in progress. To disable, do 'ztp -d'\n\n" >/etc/motd
echo "PS1='\\u@\\h:mgmt:\\w\\\$ '" >>/etc/bash.bashrc
