#!/bin/sh
# addresses KEEP INTERFACE [ADDRESS/LENGTH]...: the interface is up and has these addresses and no other, those apart
# that a router or a DHCP server gave it. KEEP is the address over which this is asked for, which stays in any case.
# They are gone after the next start. Says what it changed.
set -eu
keep=$1 interface=$2
shift 2

if ! ip link show dev "$interface" >/dev/null 2>&1; then
  known=$(ip -o link show | while read -r _ name _; do echo "${name%%[:@]*}"; done)
  echo "there is no interface $interface, but" $known >&2
  exit 1
fi
there=$(ip -o address show dev "$interface" scope global | while read -r _ _ _ address rest; do
  case " $rest " in *" dynamic "*) ;; *) echo "$address" ;; esac
done)
wanted=" $* "

for address in $there; do
  case $wanted in *" $address "*) continue ;; esac
  if [ "${address%/*}" = "$keep" ]; then
    echo "$address of $interface is the address over which this endpoint is configured" >&2
    exit 1
  fi
done
for address in $there; do
  case $wanted in *" $address "*) continue ;; esac
  ip address del "$address" dev "$interface"
  echo "changed $interface without $address"
done
case $(ip -o link show dev "$interface") in
  *[,\<]UP[,\>]*) ;;
  *)
    ip link set dev "$interface" up
    echo "changed $interface up"
    ;;
esac
for address in "$@"; do
  case "
$there
" in *"
$address
"*) continue ;; esac
  ip address add "$address" dev "$interface"
  echo "changed $interface with $address"
done
