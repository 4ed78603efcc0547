#!/bin/sh
# file PATH...: of each, one line: its sha256, mode in octal, owner and group by name and by number; directory; or -.
set -eu
for path in "$@"; do
  if [ -f "$path" ]; then
    sum=$(sha256sum <"$path")
    echo "${sum%% *} $(stat -L -c '%a %U %G %u %g' -- "$path")"
  elif [ -d "$path" ]; then
    echo directory
  else
    echo -
  fi
done
