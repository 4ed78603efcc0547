/** Exit status of these scripts when the guest does not know the owner. */
export const UNKNOWN_OWNER = 77

// the arguments of both: path, mode in octal or nothing, owner or nothing

/** Writes its input to a file, with the directories above it. Until it has its mode, a new file is root's alone. */
export const WRITE_SCRIPT = `set -e
mkdir -p -- "$(dirname -- "$1")"
if [ ! -e "$1" ]; then (umask 077; : >"$1"); [ -n "$2" ] || chmod 644 -- "$1"; fi
[ -z "$3" ] || chown -- "$3" "$1" || exit ${UNKNOWN_OWNER}
[ -z "$2" ] || chmod -- "$2" "$1"
cat >"$1"`

/** Unpacks a tar archive into a directory. */
export const UNPACK_SCRIPT = `set -e
mkdir -p -- "$1"
tar -x -f - -C "$1"
[ -z "$2" ] || chmod -- "$2" "$1"
[ -z "$3" ] || chown -R -- "$3" "$1" || exit ${UNKNOWN_OWNER}`
