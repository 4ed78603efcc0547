#!/bin/sh
# Runs in the booted machine as the user antidote. A command that fails fails the test.
set -eu

interfaces
# loopback is there, and so is one interface with an address that others can reach
interfaces | grep -q '127\.0\.0\.1/8'
interfaces | grep -v '^lo' | grep -q '[0-9]/[0-9]'
