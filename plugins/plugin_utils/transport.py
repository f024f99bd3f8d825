# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask a host something: send the parcel and a question through Ansible's own connection, and understand the answer.

A question goes in through the standard input, so nothing of it is in a list of processes. What is asked is the plugins'
business; how a host is reached is that of Ansible's plugins ``ssh`` and ``local``, with their options.
"""

from __future__ import annotations

import json
import secrets
import shlex
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.text.converters import to_text
from ansible.playbook.play_context import PlayContext
from ansible.plugins.connection import ConnectionBase
from ansible.plugins.loader import connection_loader

from .parcel import PACKAGE, parcel

LOCAL = "local"
SSH = "ssh"

_BOOTSTRAP = 'exec(eval(open(0, "rb", 0, closefd=False).readline()))'
"""Runs what the first line is, a program as a string, and reads not a byte beyond."""
_FIRST = """\
import os, sys
if sys.version_info < (3, 9): sys.exit("Python 3.9 or newer is needed on the host, this is " + sys.version.split()[0])
if os.geteuid(): sys.exit("{needs_root}, this is user id %d" % os.geteuid())
def take(size):
    found = b""
    while len(found) < size:
        more = os.read(0, size - len(found))
        if not more: sys.exit("the request was cut short")
        found += more
    return found
try: archive = os.memfd_create("{package}", 8)  # never to be executed; before Linux 6.3 it can't be told so
except OSError: archive = os.memfd_create("{package}", 0)
left = take(int(take({digits})))
while left: left = left[os.write(archive, left):]
path = "/proc/self/fd/%d" % archive
sys.path.insert(0, path)
from {package}._sys.sealed import execute_sealed
execute_sealed([*{switches!r}, "-c", {then!r}, path])
"""
"""Has the parcel run by a new Python, one that can enter containers."""
_THEN = "import sys; sys.path.insert(0, sys.argv[1]); from {package}._sent.main import serve; serve({act!r})"
_SWITCHES = ("-I",)
"""Of Python: nothing of the user's, but the distribution's packages: with those, filters are compiled."""
_NEEDS_ROOT = "to see and enter containers, root is needed on the host"
_DIGITS = 12
_MARK_BYTES = 16
_SHOWN = 400
_NOT_FOUND = 127


@dataclass(frozen=True)
class Answer:
    """``words`` are what was answered, ``data`` the bytes that came with them."""

    words: Mapping[str, Any]
    data: bytes


class RefusedError(Exception):
    """The host was reached, and says why it doesn't do what was asked. The text has the way out in it."""


class Transport:
    """The way to one host."""

    def __init__(self, connection: ConnectionBase, python: str, host_become: bool) -> None:
        self.connection = connection
        sudo = ["sudo", "-n", "--"] if host_become else []
        self._command = shlex.join([*sudo, python, "-I", "-S", "-c", _BOOTSTRAP])

    def ask(self, act: str, data: bytes = b"", **words: Any) -> Answer:
        """Raises RefusedError; AnsibleConnectionFailure where no answer comes."""
        mark = secrets.token_hex(_MARK_BYTES)
        question = json.dumps({"mark": mark, **words}).encode()
        parts = (parcel(act), question, data)
        sent = _first_line(act) + b"".join(f"{len(part):0{_DIGITS}d}".encode() + part for part in parts)
        code, output, errors = self.connection.exec_command(self._command, in_data=sent, sudoable=False)
        answer = _understood(mark, output)
        if answer is None:
            raise AnsibleConnectionFailure(_no_answer(code, output, errors))
        if "error" in answer.words:
            raise RefusedError(". ".join(filter(None, (answer.words["error"], answer.words["hint"]))))
        return answer


def connect(kind: str, play_context: PlayContext, variables: Mapping[str, Any], keys: Dict[str, Any]) -> ConnectionBase:
    """Ansible's connection of that kind, as ``connection: ssh`` means it, with the options that are given for it."""
    connection = connection_loader.get(kind, play_context.copy())
    if not isinstance(connection, ConnectionBase):
        raise AnsibleError(f"Ansible's connection plugin {kind} isn't there")
    connection.set_options(task_keys=keys, var_options=dict(variables))
    return connection


def _first_line(act: str) -> bytes:
    then = _THEN.format(package=PACKAGE, act=act)
    program = _FIRST.format(package=PACKAGE, digits=_DIGITS, then=then, switches=_SWITCHES, needs_root=_NEEDS_ROOT)
    return f"{program!r}\n".encode()


def _understood(mark: str, output: bytes) -> Optional[Answer]:
    _noise, found, rest = output.partition(f"{mark} ".encode())
    line, end, data = rest.partition(b"\n")
    return Answer(json.loads(line), data) if found and end else None


def _no_answer(code: int, output: bytes, errors: bytes) -> str:
    said = (to_text(errors).strip() or to_text(output).strip() or "nothing").splitlines()
    text = said[-1][:_SHOWN]
    return f"the host gives no answer (exit code {code}); it says: {text}{_way_out(code, text)}"


def _way_out(code: int, text: str) -> str:
    if text.startswith("sudo: "):
        return ". On the host, root is reached with sudo -n: its user must be let in by sudo with no password"
    if text.startswith(_NEEDS_ROOT):
        return ". See ansible_daemonless_host_become"
    return ". ansible_daemonless_host_python is the host's Python" if code == _NOT_FOUND else ""
