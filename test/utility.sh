#!/bin/sh
# Runs in the utility endpoint, as its user: the tools are there and work.
set -eu

python3 -m venv /tmp/venv
/tmp/venv/bin/python -c 'import ssl, sqlite3'
rm -rf /tmp/venv
python3 -c 'import ncclient'
echo '{"ok": true}' | jq -e .ok
git --version
ansible --version | head -n 1
sudo tcpdump --version 2>&1 | head -n 1
ip -brief address
