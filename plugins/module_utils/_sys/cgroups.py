# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control groups of version 2: which one a process is in, and their files. Making groups is systemd's business.

On a host that still has version 1, or both, the controllers are there, and this finds none.
"""

from __future__ import annotations

import errno
import os
from typing import Dict, FrozenSet, Optional, Sequence

_ROOT = "/sys/fs/cgroup"
_PROC = "/proc"
_TOP = "/"
_OF_VERSION_2 = "0::"
_GONE = (errno.ENOENT, errno.ENODEV)


class Cgroups:
    """The one tree of groups. Groups are named by their path in it, ``/system.slice/ssh.service``."""

    def __init__(self, root: str = _ROOT, proc: str = _PROC) -> None:
        self._root = root
        self._proc = proc

    def controllers(self) -> FrozenSet[str]:
        """What the kernel can limit in this tree; nothing where it is of version 1."""
        try:
            with open(f"{self._root}/cgroup.controllers", encoding="ascii") as file:
                return frozenset(file.read().split())
        except FileNotFoundError:
            return frozenset()

    def of(self, pid: int) -> Optional[str]:
        """The group that the process is in; None where it is in none of this tree, or gone."""
        try:
            with open(f"{self._proc}/{pid}/cgroup", encoding="utf-8", errors="surrogateescape") as file:
                lines = file.read().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return next((line[len(_OF_VERSION_2) :] for line in lines if line.startswith(_OF_VERSION_2)), None)

    def read(self, group: str, names: Sequence[str]) -> Dict[str, str]:
        """Name -> text of those of the group's files that are there: only those of its controllers are."""
        found = {}
        for name in names:
            try:
                with open(self._path(group, name), encoding="ascii") as file:
                    found[name] = file.read().strip()
            except OSError as error:
                if error.errno not in _GONE:
                    raise
        return found

    def write(self, group: str, name: str, text: str) -> None:
        """Write to one of the group's files. Raises OSError with the path."""
        path = self._path(group, name)
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(descriptor, text.encode())
        except OSError as error:
            raise OSError(error.errno, error.strerror, path) from error
        finally:
            os.close(descriptor)

    def enter(self, group: str, pid: int) -> None:
        """Move the process there, with all its threads. What it uses of memory already stays counted where it was."""
        self.write(group, "cgroup.procs", str(pid))

    def own(self) -> Optional[str]:
        """The group that this process is in."""
        return self.of(os.getpid())

    def leave(self) -> bool:
        """Have this process be in the root group, where there are no limits. Whether that is possible."""
        if not self.controllers():
            return False
        try:
            self.enter(_TOP, os.getpid())
        except OSError as error:
            if error.errno != errno.EBUSY:  # the tree of a container: its root is some group's inside
                raise
            return False
        return True

    def _path(self, group: str, name: str) -> str:
        return f"{self._root}{group.rstrip('/')}/{name}"
