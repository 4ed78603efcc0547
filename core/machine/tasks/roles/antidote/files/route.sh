#!/bin/sh
# route DESTINATION SECONDS [GATEWAY]: waits until there is a route to exactly this prefix, or the default one.
set -eu
destination=$1 seconds=$2 gateway=${3:-}
end=$(($(cut -d. -f1 /proc/uptime) + seconds))
case $destination$gateway in *:*) family=-6 ;; *) family=-4 ;; esac

until [ -n "$(ip "$family" route show "$destination" ${gateway:+via "$gateway"})" ]; do
  if [ "$(cut -d. -f1 /proc/uptime)" -ge "$end" ]; then
    echo "there was no route to $destination${gateway:+ via $gateway} within $seconds s" >&2
    exit 1
  fi
  sleep 0.2
done
