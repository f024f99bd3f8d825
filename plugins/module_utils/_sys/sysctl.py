# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel settings below /proc/sys, as they are now. Making them last over a reboot is the rooms' business.

Names have slashes, ``net/ipv4/conf/eth0.100/rp_filter``, because interface names may have dots.
Settings below ``net`` are those of the network namespace that the calling thread is in.
"""

from __future__ import annotations

import os
from typing import Optional

_ROOT = "/proc/sys"


class Sysctl:
    """Read and write settings, one per call."""

    def __init__(self, root: str = _ROOT) -> None:
        self._root = root

    def read(self, name: str) -> Optional[str]:
        """The setting's value; None where this kernel (or this namespace) has no such setting."""
        try:
            with open(self._path(name), encoding="ascii") as file:
                return file.read().strip()
        except FileNotFoundError:
            return None

    def write(self, name: str, value: str) -> None:
        """Set it. Raises OSError with the path: not there, or a value that the kernel refuses."""
        path = self._path(name)
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(descriptor, value.encode())
        except OSError as error:
            raise OSError(error.errno, error.strerror, path) from error
        finally:
            os.close(descriptor)

    def _path(self, name: str) -> str:
        if name.startswith("/") or ".." in name.split("/"):
            raise ValueError(f"not the name of a kernel setting: {name!r}")
        return f"{self._root}/{name}"
