#!/bin/sh
# upload.sh FROM TO MODE OWNER: copies a file, or the content of a directory into a directory.
# What is there already keeps its mode and owner; what is new gets MODE (files only) and OWNER.
# Ends with 77 where the guest does not know the owner.
set -eu
from=$1 to=$2 mode=$3 owner=$4

if [ ! -d "$from" ]; then
  mkdir -p -- "$(dirname -- "$to")"
  cp -d --remove-destination -- "$from" "$to"
  [ -L "$to" ] || chmod "${mode:-u=rwX,go=rX}" -- "$to"
  chown -h "${owner:-0:0}" -- "$to" || exit 77
  exit
fi

[ -d "$to" ] || { mkdir -p -- "$to"; chown "${owner:-0:0}" -- "$to" || exit 77; }
tar -C "$from" --owner=0 --group=0 --mode=u=rwX,go=rX -cf - . |
  tar -C "$to" --no-overwrite-dir --keep-directory-symlink -xpf -
cd "$from"
if [ -n "$mode" ]; then
  find . -type f -print0 | (cd "$to" && xargs -0 -r chmod "$mode" --)
fi
if [ -n "$owner" ]; then
  find . -mindepth 1 -print0 | (cd "$to" && xargs -0 -r chown -h "$owner" --) || exit 77
fi
