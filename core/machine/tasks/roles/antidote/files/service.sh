#!/bin/sh
# service NAME: restarts it, under systemd, from /etc/init.d, or as a child of init that is started again whenever it
# ends. Says so.
set -eu
name=$1

# what init has started of that name; a program may be an applet of busybox, or call itself "name: …"
children() {
  for process in /proc/[0-9]*; do
    # a process may end while it is looked at
    grep -q '^PPid:[[:space:]]*1$' "$process/status" 2>/dev/null || continue
    words=$(tr '\0' ' ' <"$process/cmdline" 2>/dev/null) || continue
    case $words in
      # sessions of sshd outlive it
      *'[priv]'* | sshd:*@*) continue ;;
    esac
    set -f
    set -- $words
    set +f
    [ "${1##*/}" != busybox ] || shift
    program=${1##*/}
    [ "${program%:}" != "$name" ] || echo "${process#/proc/}"
  done
}

if [ -d /run/systemd/system ]; then
  systemctl restart -- "$name"
elif [ -x "/etc/init.d/$name" ] && [ -z "$(children)" ]; then
  "/etc/init.d/$name" restart >&2
else
  before=$(children)
  if [ -z "$before" ]; then
    echo "nothing here is the service $name: no unit of systemd, no script in /etc/init.d, no child of init" >&2
    exit 1
  fi
  kill $before
  for _ in $(seq 300); do
    after=$(children)
    [ -z "$after" ] || [ "$after" = "$before" ] || break
    sleep 0.1
  done
  if [ -z "$after" ] || [ "$after" = "$before" ]; then
    echo "$name did not come back within 30 s" >&2
    exit 1
  fi
fi
echo "changed service $name"
