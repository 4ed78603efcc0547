#!/bin/sh
# Runs in the booted machine as the user antidote. A command that fails fails the test.
set -eu

python3 -c 'import ncclient'
git --version
ansible all -m ping
