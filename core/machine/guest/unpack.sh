# unpack.sh TO MODE OWNER REPLACE: puts what `content` of the archive on its input holds into a directory. What is
# there already keeps its mode and owner; what is new gets MODE (files only) and OWNER. With REPLACE, what is there
# and not in the archive goes.
to=$1 mode=$2 owner=$3 replace=$4

if [ -d "$to" ]; then
  cd -- "$to"
  base=.
else
  base=$(dirname -- "$to")
  directory "$base" "$owner"
  if [ -e "$to" ] || [ -L "$to" ]; then
    echo "$to is not a directory" >&2
    exit 1
  fi
fi
# beside its place, so that nothing has changed until all of it is there, and no byte is written twice
new=$(mktemp -d "$base/.antidote-XXXXXX")
trap 'rm -rf -- "$new"' EXIT
tar -x -p -f - -C "$new"
if [ ! -e "$new/complete" ]; then
  echo 'it did not arrive as a whole' >&2
  exit 1
fi
content=$new/content

# To give a file away takes set-user-ID and set-group-ID from it; they are given back.
give() { # bits test...
  bits=$1
  shift
  find "$content" -type f "$@" -exec chown -- "$owner" {} \; -exec chmod "$bits" {} \;
}
if [ -n "$owner" ]; then
  find "$content" ! \( -type f \( -perm -4000 -o -perm -2000 \) \) -exec chown -h -- "$owner" {} + || exit 77
  give u+s -perm -4000 ! -perm -2000
  give g+s -perm -2000 ! -perm -4000
  give ug+s -perm -6000
fi
[ -z "$mode" ] || find "$content" -type f -exec chmod "$mode" {} +

# Moves what is in one directory into another, many at a time: a process for each would take longer than all else.
merge() ( # from into
  from=$1 into=$2
  set --
  for entry in "$from"/* "$from"/.[!.]* "$from"/..?*; do
    [ -e "$entry" ] || [ -L "$entry" ] || continue
    there=$into/${entry##*/}
    if [ -d "$entry" ] && [ ! -L "$entry" ] && [ -d "$there" ]; then
      merge "$entry" "$there"
    elif [ -d "$there" ] && [ ! -L "$there" ]; then
      echo "$there is a directory" >&2
      exit 1
    else
      # mv would follow a link, and not put a directory over a file
      if [ -L "$there" ] || { [ -d "$entry" ] && [ -e "$there" ]; }; then rm -f -- "$there"; fi
      set -- "$@" "$entry"
      if [ $# -eq 200 ]; then
        mv -f -- "$@" "$into/"
        set --
      fi
    fi
  done
  [ $# -eq 0 ] || mv -f -- "$@" "$into/"
)

if [ "$base" != . ]; then
  mv -- "$content" "$to"
else
  [ -z "$replace" ] || find . -mindepth 1 -maxdepth 1 ! -path "$new" -exec rm -rf -- {} +
  merge "$content" .
fi
