#!/bin/sh
# Assembles a private root file system from the operations on the command line and runs a command in it.
# Runs inside fresh mount, pid, ipc and uts namespaces; every mount dies with them.
#
#   enter.sh OPERATION... -- FILTER CAPABILITIES DIRECTORY COMMAND...
#     tools BASE LOWER        system directories of LOWER, read-only, in an empty root
#     host                    the same of the host
#     tree BASE LOWER UPPER WORK     an overlay as the root itself; UPPER is written
#     view AT BASE LOWER             an overlay at AT, read-only
#     edit AT BASE LOWER UPPER WORK  an overlay at AT; UPPER is written
#     bind FROM AT            a directory or file at AT with all that is mounted below it; `robind` makes that read-only
#     device PATH             a device of the host, by its path below /dev
#     network FILE            names are resolved as the file says, and as the host's table does; tools trust what the host does
#     names SOCKET            the service that glibc asks for names
#     serve                   run what standard input asks for, one command after the other
#     terminal, user-namespace  as confine.pl says, which is given what follows the operations
#
# LOWER is a directory or, with colons, several, the topmost first; it, UPPER and WORK are below BASE, which may have any
# name. Without LOWER, UPPER is the whole.
set -eu
umask 022
here=$(dirname "$0")

# the new root is put together over a directory that exists everywhere and that nothing is taken from
new=/sys

read_only() { perl "$here/read-only.pl" "$@"; }

system_directories() { # base lower
  mount -n -t tmpfs -o mode=755 antidote "$new"
  from=$1/$2
  case $2 in
    *:*)
      from=$new/.layers
      mkdir "$from"
      overlay "$from" "$@"
      ;;
  esac
  set --
  for entry in bin etc lib lib32 lib64 libx32 sbin usr; do
    if [ -L "$from/$entry" ]; then
      cp -P "$from/$entry" "$new/$entry"
    elif [ -d "$from/$entry" ]; then
      mkdir "$new/$entry"
      mount -n --rbind "$from/$entry" "$new/$entry"
      set -- "$@" "$new/$entry"
    fi
  done
  read_only "$@"
  # what was bound from it stays
  if [ "$from" = "$new/.layers" ]; then
    umount -n -l "$from"
    rmdir "$from"
  fi
  mkdir -p "$new/tmp" "$new/run" "$new/root" "$new/proc" "$new/dev" "$new/var/tmp" "$new/var/lib/dpkg" "$new/var/cache"
  chmod 1777 "$new/tmp" "$new/var/tmp"
}

overlay() { # at base lower [upper work]
  case $3:$# in
    :*) mount -n --rbind "$2/$4" "$1"; return ;;
    *:*:*) ;;
    *:3)
      # the kernel makes an overlay of nothing but one directory of none
      mount -n --rbind "$2/$3" "$1"
      read_only "$1"
      return
      ;;
  esac
  options="lowerdir=$3"
  [ $# -lt 5 ] || options="$options,upperdir=$4,workdir=$5"
  # in a user namespace overlayfs keeps its marks in user.* attributes
  [ "$userns" = 0 ] || options="$options,userxattr"
  (cd "$2" && mount -n -t overlay -o "$options" antidote "$1")
}

# What a tree has for links must not lead what is put into it out of it: the host's own files would be written.
within() { # at
  case "$(readlink -m "$new$1")" in
    "$new"/*) ;;
    *) echo "enter: $1 of the tree is a link that leads out of it" >&2; exit 125 ;;
  esac
}

place() { # from at: makes the mount point
  if [ -d "$1" ]; then
    mkdir -p "$2"
  elif [ ! -e "$2" ]; then
    mkdir -p "$(dirname "$2")"
    : >"$2"
  fi
}

devices() {
  mount -n -t tmpfs -o mode=755,nosuid antidote "$new/dev"
  set --
  for node in null zero full random urandom kvm $terminal $devices; do
    [ -e "/dev/$node" ] || continue
    case $node in */*) mkdir -p "$new/dev/${node%/*}" ;; esac
    : >"$new/dev/$node"
    mount -n --bind "/dev/$node" "$new/dev/$node"
    set -- "$@" "$new/dev/$node"
  done
  # the nodes are the host's own: they can be used, but neither their mode nor their owner changed
  read_only "$@"
  mkdir "$new/dev/pts" "$new/dev/shm"
  mount -n -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$new/dev/pts"
  mount -n -t tmpfs -o mode=1777 antidote "$new/dev/shm"
  ln -s pts/ptmx "$new/dev/ptmx"
  ln -s /proc/self/fd "$new/dev/fd"
  ln -s fd/0 "$new/dev/stdin"
  ln -s fd/1 "$new/dev/stdout"
  ln -s fd/2 "$new/dev/stderr"
}

# where services that manage a resolver keep it
RESOLVERS='/run/systemd/resolve/stub-resolv.conf /run/systemd/resolve/resolv.conf /run/NetworkManager/resolv.conf
  /run/resolvconf/resolv.conf'

over() { # from at: over a file that is there
  [ -e "$1" ] && [ -f "$2" ] && [ ! -L "$2" ] || return 0
  mount -n --bind "$(readlink -f "$1")" "$2"
  read_only "$2"
}

# The files of a tree are its own, with a layer over them that core/machine/guest/host-names.ts writes. They can be links to where
# no service runs, or become such while a command runs.
resolver() {
  [ -e "$network" ] || return 0
  link=
  [ ! -L "$new/etc/resolv.conf" ] || link=$(readlink "$new/etc/resolv.conf")
  case $link in
    ../run/*) link=${link#..} ;;
    /run/*) ;;
    *) [ "$tree" = 0 ] || link= ;;
  esac
  # what an image names must not lead out of it
  case $link in */..* | */) link= ;; /*) ;; *) link= ;; esac
  for path in $([ "$tree" = 0 ] || echo "$RESOLVERS") "$link"; do
    [ -n "$path" ] || continue
    mkdir -p "$(dirname "$new$path")"
    cat "$network" >"$new$path"
  done
  [ "$tree" = 1 ] || over "$network" "$new/etc/resolv.conf"
}

# The tools take for genuine what the host does.
trust() {
  for bundle in "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt \
    /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem; do
    [ -s "$bundle" ] || continue
    over "$bundle" "$new/etc/ssl/certs/ca-certificates.crt"
    return
  done
}

# Runs commands until standard input ends. Each is a line with two numbers, then so many bytes of shell words, its
# arguments, and so many of its input. The answer is its status and the sizes of its two outputs, a line each, and
# the outputs. What passes through is kept where the commands cannot look, and in memory.
serve() { # command...
  kept=/dev
  mount -n -t tmpfs -o mode=700 antidote "$kept"
  # a command that prints without end finds the disk full
  mkdir "$kept/output"
  mount -n -t tmpfs -o mode=700,size=128m antidote "$kept/output"
  while read -r length bytes; do
    words=$(head -c "$length")
    head -c "$bytes" >"$kept/in"
    code=0
    (
      eval "set -- \"\$@\" $words"
      exec "$@"
    ) <"$kept/in" >"$kept/output/out" 2>"$kept/output/err" || code=$?
    echo "$code"
    stat -c %s "$kept/output/out" "$kept/output/err"
    cat "$kept/output/out" "$kept/output/err"
    # one that was left running may still write to them
    rm -f "$kept/in" "$kept/output/out" "$kept/output/err"
  done
}

read -r inside _ size </proc/self/uid_map
userns=1
[ "$inside" = 0 ] && [ "$size" = 4294967295 ] && userns=0

devices=
names=
network=
serve=0
tree=0
terminal=
users=
while [ "$1" != -- ]; do
  operation=$1
  shift
  case $operation in
    tools) system_directories "$1" "$2"; shift 2 ;;
    host) system_directories / . ;;
    tree)
      tree=1
      overlay "$new" "$1" "$2" "$3" "$4"
      for directory in /dev /proc /run /tmp; do within "$directory"; done
      mount -n -t tmpfs -o mode=1777 antidote "$new/tmp"
      mount -n -t tmpfs -o mode=755 antidote "$new/run"
      shift 4
      ;;
    view) mkdir -p "$new$1"; overlay "$new$1" "$2" "$3"; shift 3 ;;
    edit) mkdir -p "$new$1"; overlay "$new$1" "$2" "$3" "$4" "$5"; shift 5 ;;
    bind | robind)
      # what a tree has for links must not lead the mount out of it
      [ "$tree" = 0 ] || [ "$(readlink -m "$new$2")" = "$new$2" ] ||
        { echo "enter: $2 is below a link of the tree" >&2; exit 125; }
      place "$1" "$new$2"
      mount -n --rbind "$1" "$new$2"
      [ "$operation" = bind ] || read_only "$new$2"
      shift 2
      ;;
    device) devices="$devices $1"; shift ;;
    network) network=$1; shift ;;
    names) names=$1; shift ;;
    serve) serve=1 ;;
    terminal) terminal=tty ;;
    user-namespace) users=user-namespace ;;
    *) echo "enter: unknown operation $operation" >&2; exit 125 ;;
  esac
done

mount -n -t proc -o nosuid,nodev,noexec proc "$new/proc"
devices
if [ -n "$names" ]; then
  # glibc looks for it at /run/nscd/socket (_PATH_NSCDSOCKET); a link there can be removed, by scripts that empty /run
  : >"$new/dev/names"
  mount -n --bind "$names" "$new/dev/names"
  mkdir "$new/run/nscd"
  ln -s /dev/names "$new/run/nscd/socket"
fi
[ -z "$network" ] || resolver
if [ -n "$network" ] && [ "$tree" = 0 ]; then
  over /etc/hosts "$new/etc/hosts"
  trust
fi
hostname antidote

cd "$new"
set -- perl "$here/confine.pl" $users ${terminal:+terminal} "$@"
if [ "$serve" = 1 ]; then
  serve "$@"
elif [ "$users" = '' ]; then
  exec "$@"
else
  # whoever enters a user namespace loses the order to die with its parent; this shell keeps it
  "$@"
fi
