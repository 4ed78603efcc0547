#!/bin/sh
# seal.sh DIR [EPOCH]
# Prints the fingerprint of a directory: names, types, modes, owners, sizes and times, no content.
# With EPOCH, clamps newer times to it first and prints the room taken, the sha256 of every file, then of everything.
set -eu
export LC_ALL=C
cd "$1"

listing() { # directories have no size or time worth comparing: both depend on the file system
  find . -mindepth 1 ! -path ./record.json \
    \( -type d -printf '%P\t%y %m %U:%G\0' -o -printf '%P\t%y %m %U:%G %s %T@ %l\0' \) |
    sort -z | sha256sum
}

if [ $# -gt 1 ]; then
  find . -newermt "@$2" -print0 | xargs -0 -r touch --no-dereference --date "@$2"
  printf '%064d  :bytes\n' "$(du -s --block-size=1 . | cut -f 1)"
  for file in *; do
    [ ! -f "$file" ] || sha256sum "./$file"
  done
  {
    find . -mindepth 1 -printf '%P\t%y %m %U:%G %l\0' | sort -z
    find . -type f -print0 | sort -z | xargs -0 -r sha256sum
  } | sha256sum | sed 's/-$/:digest/'
fi
listing | sed 's/-$/:fingerprint/'
