#!/bin/sh
# upload.sh FROM TO MODE OWNER REPLACE UNPACK: copies a file, or the content of a directory into a directory, the
# latter with the script UNPACK. Ends with 77 where the guest does not know the owner.
set -eu
from=$1 to=$2 mode=$3 owner=$4 replace=$5 unpack=$6

if [ ! -d "$from" ]; then
  mkdir -p -- "$(dirname -- "$to")"
  cp -d --remove-destination -- "$from" "$to"
  [ -L "$to" ] || chmod "${mode:-u=rwX,go=rX}" -- "$to"
  chown -h "${owner:-0:0}" -- "$to" || exit 77
  exit
fi

tar -C "$from" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -cf - . |
  sh -c "$unpack" unpack "$to" "$mode" "$owner" "$replace"
