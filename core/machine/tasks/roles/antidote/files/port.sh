#!/bin/sh
# port NUMBER SECONDS: waits until something in this machine listens on a TCP port.
set -eu
port=$1 seconds=$2
hex=$(printf '%04X' "$port")
end=$(($(cut -d. -f1 /proc/uptime) + seconds))

# local address and port, remote address and port, and 0A for one that listens: proc_net_tcp of the kernel's documentation
until cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "^ *[0-9]*: [0-9A-F]*:$hex [0-9A-F]*:0000 0A "; do
  if [ "$(cut -d. -f1 /proc/uptime)" -ge "$end" ]; then
    echo "nothing listened on TCP port $port within $seconds s" >&2
    exit 1
  fi
  sleep 0.2
done
