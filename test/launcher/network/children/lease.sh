#!/bin/sh
# What udhcpc runs: tells the lease and takes it, as a guest's DHCP client does.
set -eu
case "$1" in
deconfig) ip addr flush dev "$interface" ;;
bound | renew)
  ip addr replace "$ip/$mask" dev "$interface"
  ip link set "$interface" mtu "$mtu"
  if [ -n "${staticroutes:-}" ]; then
    # pairs of destination and gateway
    set -- $staticroutes
    while [ $# -gt 0 ]; do
      if [ "$2" = 0.0.0.0 ]; then ip route replace "$1" dev "$interface"; else ip route replace "$1" via "$2"; fi
      shift 2
    done
  elif [ -n "${router:-}" ]; then
    ip route replace default via "$router"
  fi
  echo "lease ip=$ip/$mask server=$serverid hostname=${hostname:-} mtu=$mtu seconds=$lease routes=${staticroutes:-}"
  ;;
esac
