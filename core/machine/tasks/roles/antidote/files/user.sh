#!/bin/sh
# user NAME SHELL [GROUP]...: there is such a user, in these groups at least; its password, if it gets one, is the line
# on standard input. Says what it changed.
set -eu
name=$1 shell=$2
shift 2
IFS= read -r password || :

if ! id -u "$name" >/dev/null 2>&1; then
  useradd --create-home --shell "${shell:-/bin/sh}" -- "$name"
  echo "changed user $name"
elif [ -n "$shell" ]; then
  case $(grep "^$name:" /etc/passwd) in
    *":$shell") ;;
    *)
      usermod --shell "$shell" -- "$name"
      echo "changed shell of $name"
      ;;
  esac
fi
for group in "$@"; do
  case " $(id -nG "$name") " in *" $group "*) continue ;; esac
  usermod --append --groups "$group" -- "$name"
  echo "changed groups of $name with $group"
done
[ -n "$password" ] || exit 0
hash=$(grep "^$name:" /etc/shadow | cut -d: -f2)
# the hash that is there says with which salt to compare; no argument list ever has the password
again=$(printf '%s\n%s\n' "$password" "$hash" |
  perl -e 'chomp(my ($password, $hash) = <STDIN>); print crypt($password, $hash) // ""')
if [ -z "$hash" ] || [ "$again" != "$hash" ]; then
  printf '%s:%s\n' "$name" "$password" | chpasswd
  echo "changed password of $name"
fi
