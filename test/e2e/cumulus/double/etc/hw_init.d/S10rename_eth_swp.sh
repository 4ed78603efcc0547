#!/bin/sh
# The first card is eth0, the others are swp1, swp2 … in the order of their slots.
set -eu
number=0
for card in $(realpath /sys/class/net/* | sort); do
    case $card in */virtual/* | /sys/class/*) continue ;; esac
    ip link set "${card##*/}" name "card$number"
    number=$((number + 1))
done
while [ "$number" -gt 0 ]; do
    number=$((number - 1))
    if [ "$number" = 0 ]; then ip link set card0 name eth0; else ip link set "card$number" name "swp$number"; fi
done
