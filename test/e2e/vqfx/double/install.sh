#!/bin/sh
# Makes the tree's programs what runs at the start, and leaves the state in which the vendor ships its disk.
set -eu
chmod 755 /usr/sbin/cli /usr/lib/vqfx/*
echo /usr/sbin/cli >>/etc/shells
echo /usr/lib/vqfx/shell >>/etc/shells
usermod --shell /usr/lib/vqfx/shell --password "$(sed -n 's/^system root-authentication encrypted-password //p' /config/juniper.conf)" root
# its own names for the cards, in the order of the slots, as the vendor's
sed 's/eth/em/g' /usr/lib/antidote/network >/usr/lib/antidote/network.new
cat /usr/lib/antidote/network.new >/usr/lib/antidote/network
rm /usr/lib/antidote/network.new
# what netconfd keeps beside its start configuration
mkdir -p /var/lib/netconfd/.yuma
# login(1) waits after a wrong password; the emulated console is slow enough
sed -i 's/^\(auth .*pam_faildelay.so.*\)/# \1/' /etc/pam.d/login
# the vendor greets with its version only
: >/etc/motd
