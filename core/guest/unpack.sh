#!/bin/sh
# unpack.sh TO MODE OWNER REPLACE: puts the archive on its input into a directory, which needs no more of the
# guest than POSIX and mktemp. What is there already keeps its mode and owner; what is new gets MODE (files only)
# and OWNER. With REPLACE, what is there and not in the archive goes.
# Ends with 77 where the guest does not know the owner.
set -eu
to=$1 mode=$2 owner=$3 replace=$4

[ -d "$to" ] || { mkdir -p -- "$to"; chown "${owner:-0:0}" -- "$to" || exit 77; }
cd -- "$to"
# beside its place, so that nothing has changed until all of it is there, and no byte is written twice
new=$(mktemp -d ./.antidote-XXXXXX)
trap 'rm -rf "$new"' EXIT
tar -x -p -f - -C "$new"
[ -z "$mode" ] || find "$new" -type f -exec chmod "$mode" {} +
[ -z "$owner" ] || find "$new" -exec chown -h "$owner" {} + || exit 77

# Moves what is in one directory into another.
merge() {
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$entry" ] || [ -L "$entry" ] || continue
    there=$2/${entry##*/}
    if [ -d "$entry" ] && [ ! -L "$entry" ] && [ -d "$there" ]; then
      (merge "$entry" "$there")
    elif [ -d "$there" ] && [ ! -L "$there" ]; then
      echo "$there is a directory" >&2
      return 1
    else
      # mv would follow a link, and not put a directory over a file
      [ ! -L "$there" ] && [ ! -d "$entry" ] || rm -f -- "$there"
      mv -f -- "$entry" "$there"
    fi
  done
}

[ -z "$replace" ] || find . -mindepth 1 -maxdepth 1 ! -path "$new" -exec rm -rf -- {} +
merge "$new" .
