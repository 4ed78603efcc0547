# write.sh TO MODE OWNER: writes its input to a file, through links.
to=$1 mode=$2 owner=$3

directory "$(dirname -- "$to")" "$owner"
# until it has its mode, a new file is root's alone
if [ ! -e "$to" ]; then
  (umask 077; : >"$to")
  [ -n "$mode" ] || chmod 644 -- "$to"
fi
[ -z "$owner" ] || chown -- "$owner" "$to" || exit 77
# to write to a file, or to give it away, takes set-user-ID and set-group-ID from it
[ -z "$mode" ] || chmod -- "$((mode % 1000))" "$to"
cat >"$to"
[ -z "$mode" ] || chmod -- "$mode" "$to"
