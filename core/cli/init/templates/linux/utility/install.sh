#!/bin/sh
# Runs as root in the image while it is built, with network. A command that fails fails the build.
set -eu

# an example: Ansible with an inventory, so that a lesson can start with `ansible all -m ping`
mkdir -p /etc/ansible
cat >/etc/ansible/hosts <<'INVENTORY'
[local]
localhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3
INVENTORY
cat >/etc/ansible/ansible.cfg <<'SETTINGS'
[defaults]
# the devices of a lab are made anew, and so are their keys
host_key_checking = False
SETTINGS
