"""The common tasks of a lesson's scripts, over SSH and NETCONF. Each looks first, and changes only what is different.

    import antidote

    with antidote.connect() as endpoint:
        endpoint.set_hostname("leaf1")
"""

import hashlib
import ipaddress
import os
import shlex
import sys

import paramiko
from paramiko.hostkeys import HostKeys

__all__ = ["Endpoint", "TaskError", "connect"]

# whoever runs the script reads there whether it changed anything
_CHANGES = os.environ.get("ANTIDOTE_CHANGES")
if _CHANGES:
    open(_CHANGES, "a").close()


class TaskError(Exception):
    """A command in the endpoint failed; the message is what it said."""


class _Refuse(paramiko.MissingHostKeyPolicy):
    def missing_host_key(self, client, hostname, key):
        raise TaskError(f"the SSH host key of {hostname} is {key.fingerprint}, and nothing says that it is the right one")


# whoever runs the script says which host keys are known, and what becomes of others: refuse, keep or accept
_UNKNOWN = os.environ.get("ANTIDOTE_UNKNOWN_HOSTS", "refuse")
_KNOWN = os.environ.get("ANTIDOTE_KNOWN_HOSTS", "/dev/null")


def _known(host, port):
    keys = HostKeys(_KNOWN).lookup(host if port == 22 else f"[{host}]:{port}")
    return next(iter(keys.values()), None) if keys else None


def _tell(line):
    print(line, file=sys.stderr)
    if _CHANGES:
        with open(_CHANGES, "a") as changes:
            changes.write(line + "\n")


def connect(host=None, username=None, password=None, port=None, timeout=60):
    """The endpoint that the script is run for, or another one."""
    return Endpoint(
        host or os.environ["ANTIDOTE_TARGET_HOST"],
        username or os.environ["ANTIDOTE_TARGET_USERNAME"],
        password or os.environ["ANTIDOTE_TARGET_PASSWORD"],
        int(port or os.environ.get("ANTIDOTE_TARGET_PORT", 22)),
        timeout,
    )


class Endpoint:
    """An endpoint over one SSH connection; to be used in a `with`."""

    def __init__(self, host, username, password, port=22, timeout=60):
        self.host, self.username, self.password = host, username, password
        self.ssh = paramiko.SSHClient()
        self.ssh.load_system_host_keys(_KNOWN)
        self.ssh.set_missing_host_key_policy(_Refuse() if _UNKNOWN == "refuse" else paramiko.AutoAddPolicy())
        self.ssh.connect(
            host,
            port=port,
            username=username,
            password=password,
            timeout=timeout,
            banner_timeout=timeout,
            auth_timeout=timeout,
            look_for_keys=False,
            allow_agent=False,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ssh.close()

    def run(self, *argv, input="", root=False):
        """Runs a command, of which no shell reads an argument; gives what it printed. Raises TaskError."""
        sudo = ("sudo", "-n", "--") if root and self.username != "root" else ()
        return self._execute((*sudo, *argv), input, " ".join(argv))

    def set_hostname(self, name):
        """Names it, now and for its next start."""
        return self._task("hostname", name)

    def set_addresses(self, interface, *addresses):
        """Gives an interface exactly these addresses, such as 10.0.0.1/24, until the next start."""
        keep = (self.run("sh", "-c", "echo $SSH_CONNECTION").split() + [""] * 3)[2]
        wanted = [str(ipaddress.ip_interface(address)) for address in addresses]
        return self._task("addresses", keep, interface, *wanted)

    def ensure_file(self, path, content=None, source=None, mode=0o644, owner="root:root"):
        """Writes a file with this content, mode and owner, if it is not there like this."""
        if source is not None:
            with open(source, "rb") as file:
                content = file.read()
        data = content.encode() if isinstance(content, str) else content
        words = self._script("file", path).split()
        wanted = owner if ":" in owner else f"{owner}:"
        if words == ["directory"]:
            raise TaskError(f"{path} is a directory")
        there = words != ["-"] and (
            words[0] == hashlib.sha256(data).hexdigest()
            and int(words[1], 8) == mode
            and (f"{words[2]}:{words[3]}".startswith(wanted) or f"{words[4]}:{words[5]}".startswith(wanted))
        )
        if there:
            return False
        script = 'mkdir -p -- "${1%/*}"; umask 077; cat >"$1.new"; chown -- "$2" "$1.new"; chmod "$3" "$1.new"; mv -- "$1.new" "$1"'
        self.run("sh", "-ec", script, "file", path, owner, f"{mode:o}", input=data, root=True)
        _tell(f"changed file {path}")
        return True

    def ensure_user(self, name, password="", shell="", groups=()):
        """Makes sure of a user, with this password and in these groups at least."""
        return self._task("user", name, shell, *groups, input=f"{password}\n")

    def restart_service(self, name):
        """Restarts a service."""
        self._task("service", name)

    def wait_for_port(self, port, deadline=60):
        """Waits until something in the endpoint listens on a TCP port."""
        self._script("port", str(port), str(deadline))

    def wait_for_route(self, destination, gateway="", deadline=60):
        """Waits until the endpoint has a route to exactly this prefix, or "default"."""
        self._script("route", destination, str(deadline), *([gateway] if gateway else []))

    def netconf(self, port=830, device="default", timeout=60):
        """A session of ncclient; to be used in a `with`."""
        from ncclient import manager

        place = int(os.environ.get(f"ANTIDOTE_TARGET_PORT_{port}", port))
        known = _known(self.host, place)
        trust = {"hostkey_b64": known.get_base64()} if known else {"hostkey_verify": _UNKNOWN == "refuse"}
        return manager.connect(
            host=self.host,
            port=place,
            username=self.username,
            password=self.password,
            **trust,
            look_for_keys=False,
            allow_agent=False,
            device_params={"name": device},
            timeout=timeout,
        )

    def _script(self, task, *args, input=""):
        with open(os.path.join(os.environ["ANTIDOTE_TASKS"], f"{task}.sh")) as file:
            return self._execute(
                ((("sudo", "-n", "--") if self.username != "root" else ()) + ("sh", "-c", file.read(), task, *args)),
                input,
                f"task {task}",
            )

    def _task(self, task, *args, input=""):
        changes = [line for line in self._script(task, *args, input=input).splitlines() if line.startswith("changed ")]
        for line in changes:
            _tell(line)
        return bool(changes)

    def _execute(self, argv, input, title):
        stdin, stdout, stderr = self.ssh.exec_command(shlex.join(argv))
        stdin.write(input)
        stdin.channel.shutdown_write()
        text, said = stdout.read().decode(), stderr.read().decode().strip()
        status = stdout.channel.recv_exit_status()
        if status != 0:
            reason = said.splitlines()[-1] if said else f"it ended with exit status {status}"
            raise TaskError(f"{title}: {reason}")
        return text
