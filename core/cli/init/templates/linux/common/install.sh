#!/bin/sh
# Runs as root in the image while it is built, with network. A command that fails fails the build.
set -eu

# an example: `interfaces`, a command that lists each interface with its state and addresses
cat >/usr/local/bin/interfaces <<'SCRIPT'
#!/bin/sh
ip -json address | jq -r '.[] | [.ifname, .operstate, (.addr_info[] | "\(.local)/\(.prefixlen)")] | @tsv'
SCRIPT
chmod 755 /usr/local/bin/interfaces
