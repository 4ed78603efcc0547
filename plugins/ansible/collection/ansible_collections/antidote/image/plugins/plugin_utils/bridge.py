"""The way from ansible to antidote, which waits at the other end of a socket."""

from __future__ import annotations

import json
import os
import socket


class Bridge:
    """A connection. A message is a line of JSON with the length of what follows it."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(os.environ['ANTIDOTE_BRIDGE'])
        self._reader = self._socket.makefile('rb')

    def send(self, message, payload=b''):
        line = json.dumps({**message, 'bytes': len(payload)}, default=str)
        self._socket.sendall(line.encode() + b'\n' + payload)

    def answer(self):
        """The answer to what was sent; raises RuntimeError where it is an error."""
        line = self._reader.readline()
        if not line:
            raise RuntimeError('antidote has ended the connection')
        answer = json.loads(line)
        if 'error' in answer:
            raise RuntimeError(answer['error'])
        return answer

    def exec(self, argv, payload, root):
        """Runs a command in the guest. Gives its status and outputs."""
        self.send({'exec': argv, 'root': root}, payload)
        answer = self.answer()
        stdout, stderr = (self._reader.read(length) for length in answer['sizes'])
        return answer['code'], stdout, stderr

    def mask(self, texts):
        """Keeps texts out of everything that antidote writes from now on."""
        self.send({'mask': texts})
        self.answer()

    def close(self):
        self._reader.close()
        self._socket.close()
