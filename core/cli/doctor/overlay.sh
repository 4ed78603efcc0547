#!/bin/sh
# overlay.sh DIR OPTIONS: mounts an overlay in the empty DIR and changes it as a build does.
# Runs in a mount namespace of its own, with which the mount ends.
set -eu
cd "$1"
# not all of it is open to a user outside the namespace
trap 'rm -rf lower upper work' EXIT
mkdir lower lower/directory upper work merged
: >lower/removed
: >lower/directory/file
mount -n -t overlay -o "lowerdir=lower,upperdir=upper,workdir=work$2" antidote merged
rm merged/removed
rm -r merged/directory
mkdir merged/directory
[ ! -e merged/removed ]
[ ! -e merged/directory/file ]
