"""Connects ansible with what antidote builds, tests or configures: a tree or a machine."""

from __future__ import annotations

DOCUMENTATION = """
name: guest
short_description: the guest of antidote
description: Hands commands and files over to antidote, which reaches the guest.
author: antidote
extends_documentation_fragment:
  - connection_pipelining
"""

import os
import shlex

from ansible.errors import AnsibleConnectionFailure, AnsibleFileNotFound
from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible.plugins.connection import ConnectionBase, ensure_connect
from ansible.utils.display import Display

from ansible_collections.antidote.image.plugins.plugin_utils.bridge import Bridge

display = Display()

# so much of a file at once: it passes through memory
CHUNK = 8 * 1024 * 1024

FETCH = '[ -f "$1" ] && [ -r "$1" ] || exit 66; tail -c "+$2" -- "$1" | head -c "$3"'


class Connection(ConnectionBase):
    """Commands in the guest, over the socket of antidote."""

    transport = 'antidote.image.guest'
    has_pipelining = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._bridge = None

    def _connect(self):
        login = os.environ['ANTIDOTE_LOGIN']
        # there is one login, as with the connection `local`; from it, root is always to be had
        if self._play_context.remote_user != 'root':
            self._play_context.remote_user = login
        if self._bridge is None:
            self._bridge = Bridge()
            self._connected = True
        return self

    def _ask(self, argv, payload=b''):
        try:
            return self._bridge.exec(argv, payload, self._play_context.remote_user == 'root')
        except (RuntimeError, OSError) as error:
            raise AnsibleConnectionFailure(to_text(error)) from error

    def is_pipelining_enabled(self, wrap_async=False):
        # ansible does without where su may ask for a password; root is not asked
        if self.become is not None and self.become.name == 'su' and os.environ['ANTIDOTE_LOGIN'] == 'root':
            self.become.pipelining = True
        return super().is_pipelining_enabled(wrap_async)

    @ensure_connect
    def exec_command(self, cmd, in_data=None, sudoable=True):
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        cmd = to_text(cmd)
        display.vvv(f'EXEC {cmd}', host=self._play_context.remote_addr)
        # a shell that would only start another is left out
        words = shlex.split(cmd)
        plain = len(words) == 3 and words[:2] == ['/bin/sh', '-c'] and shlex.join(words) == cmd
        return self._ask(words if plain else ['/bin/sh', '-c', cmd], in_data or b'')

    @ensure_connect
    def put_file(self, in_path, out_path):
        super().put_file(in_path, out_path)
        if not os.path.exists(to_bytes(in_path)):
            raise AnsibleFileNotFound(f'file or module does not exist: {in_path}')
        display.vvv(f'PUT {in_path} TO {out_path}', host=self._play_context.remote_addr)
        with open(to_bytes(in_path), 'rb') as file:
            into = '>'
            while (chunk := file.read(CHUNK)) or into == '>':
                code, _, complaint = self._ask(['/bin/sh', '-c', f'cat {into}"$1"', 'sh', to_text(out_path)], chunk)
                if code:
                    raise AnsibleConnectionFailure(f'{out_path} cannot be written: {to_text(complaint)}')
                into = '>>'

    @ensure_connect
    def fetch_file(self, in_path, out_path):
        super().fetch_file(in_path, out_path)
        display.vvv(f'FETCH {in_path} TO {out_path}', host=self._play_context.remote_addr)
        with open(to_bytes(out_path), 'wb') as file:
            while True:
                argv = ['/bin/sh', '-c', FETCH, 'sh', to_text(in_path), str(file.tell() + 1), str(CHUNK)]
                code, chunk, complaint = self._ask(argv)
                if code:
                    raise AnsibleConnectionFailure(f'{in_path} cannot be read: {to_text(complaint)}')
                file.write(chunk)
                if len(chunk) < CHUNK:
                    break

    def close(self):
        if self._bridge is not None:
            self._bridge.close()
            self._bridge = None
        self._connected = False
