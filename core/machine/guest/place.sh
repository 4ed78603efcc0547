# place.sh TO MODE OWNER NAME SIZE: puts the SIZE bytes on its input in the place of a file or link; into TO as NAME
# where TO is a directory, as cp does.
to=$1 mode=$2 owner=$3 name=$4 size=$5

[ ! -d "$to" ] || to=${to%/}/$name
if [ -d "$to" ]; then
  echo "$to is a directory" >&2
  exit 1
fi
parent=$(dirname -- "$to")
directory "$parent" "$owner"
# beside its place, so that it is there as a whole or as it was
new=$(mktemp "$parent/.antidote-XXXXXX")
trap 'rm -f -- "$new"' EXIT
cat >"$new"
if [ "$(wc -c <"$new")" -ne "$size" ]; then
  echo 'it did not arrive as a whole' >&2
  exit 1
fi
# to give a file away takes set-user-ID and set-group-ID from it
chown -- "${owner:-0:0}" "$new" || exit 77
chmod -- "$mode" "$new"
mv -f -- "$new" "$to"
