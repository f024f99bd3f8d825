# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of namespaces, and acts that are done inside another process's namespace.

The module process has one thread, so it may step into a namespace and back again.
"""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from functools import cached_property
from typing import Dict, Iterator, Optional

from .syscall import encoded, libc

FLAGS: Dict[str, int] = {
    "mount": 0x00020000,
    "cgroup": 0x02000000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "network": 0x40000000,
}
"""Kind -> flag of clone(2)."""

FILES: Dict[str, str] = {
    "mount": "mnt",
    "cgroup": "cgroup",
    "uts": "uts",
    "ipc": "ipc",
    "user": "user",
    "pid": "pid",
    "network": "net",
}
"""Kind -> name of its link in /proc/<pid>/ns."""


def path_of(pid: int, kind: str) -> str:
    return f"/proc/{pid}/ns/{FILES[kind]}"


def unshare(flags: int) -> None:
    """Leave the namespaces of these kinds for new ones."""
    libc("unshare", flags, path="unshare")


def enter(namespace: int, flag: int, path: str) -> None:
    """Join the namespace that the descriptor refers to."""
    libc("setns", namespace, flag, path=path)


def set_hostname(name: str) -> None:
    raw = encoded(name)
    libc("sethostname", raw, len(raw), path=f"host name {name}")


def set_domain_name(name: str) -> None:
    """The NIS domain's. As a kernel setting only the host's own root could write it."""
    raw = encoded(name)
    libc("setdomainname", raw, len(raw), path=f"domain name {name}")


class Namespaces:
    """What is to be known and changed about a process's namespaces. Pids are those of ours."""

    def own(self, pid: int) -> Dict[str, str]:
        """Kind -> path of the process's namespaces that it doesn't share with us."""
        paths = {kind: path_of(pid, kind) for kind in FILES}
        return {kind: path for kind, path in paths.items() if os.stat(path).st_ino != self._ours[kind]}

    @cached_property
    def _ours(self) -> Dict[str, int]:
        return {kind: os.stat(f"/proc/self/ns/{file}").st_ino for kind, file in FILES.items()}

    def hostname(self, pid: int) -> str:
        """The host name that the process sees."""
        with self._inside(pid, "uts"):
            return socket.gethostname()

    def set_hostname(self, pid: int, name: str) -> None:
        """Change the host name of the process's namespace."""
        with self._inside(pid, "uts"):
            set_hostname(name)

    def same_root(self, pid: int, folder: str) -> Optional[bool]:
        """Whether the process's root is what lies at the folder now; None if the process is gone, or as good as."""
        try:
            root = os.stat(f"/proc/{pid}/root/")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return None
        return os.path.samestat(root, os.stat(folder))

    @contextmanager
    def _inside(self, pid: int, kind: str) -> Iterator[None]:
        there = path_of(pid, kind)
        own = os.open(f"/proc/self/ns/{FILES[kind]}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            target = os.open(there, os.O_RDONLY | os.O_CLOEXEC)
            try:
                enter(target, FLAGS[kind], there)
            finally:
                os.close(target)
            try:
                yield
            finally:
                enter(own, FLAGS[kind], "own namespace")
        finally:
            os.close(own)
