# paths.sh: what the scripts share that put files into a guest. They need no more of it than POSIX, mktemp and tar.
# They end with 77 where the guest does not know the owner.
set -eu
umask 022

# Prints the home directory of a user, by name or number.
home_of() { # user
  [ -r /etc/passwd ] || return 0
  while IFS=: read -r name _ id _ _ home _; do
    if [ "$1" = "$name" ] || [ "$1" = "$id" ]; then
      printf '%s\n' "$home"
      return
    fi
  done </etc/passwd
}

# Whether a path is a home directory or below one: that of the user, or one in /home.
in_home() { # path user
  case $1 in /home/*) return 0 ;; esac
  home=$(home_of "$2")
  # a user without one has the root directory
  case $home in '' | /) return 1 ;; esac
  case $1 in "$home" | "$home"/*) return 0 ;; esac
  return 1
}

# Makes a directory and those above it; in a home directory they are OWNER's.
directory() { # path owner
  [ ! -d "$1" ] || return 0
  directory "$(dirname -- "$1")" "$2"
  mkdir -- "$1"
  if [ -n "$2" ] && in_home "$1" "${2%%:*}"; then chown -- "$2" "$1" || exit 77; fi
}
