# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open paths that somebody else chose, without ever leaving a folder of ours.

The kernel resolves them (openat2, Linux 5.6): no check here can be overtaken by a change of the
tree between check and use.
"""

from __future__ import annotations

import os
import struct

from .syscall import OPENAT2, Path, encoded, syscall

RESOLVE_NO_XDEV = 0x01
RESOLVE_NO_MAGICLINKS = 0x02
RESOLVE_NO_SYMLINKS = 0x04
RESOLVE_BENEATH = 0x08
RESOLVE_IN_ROOT = 0x10

_EAGAIN_TRIES = 64


def open_in_root(root: int, path: Path, flags: int, mode: int = 0) -> int:
    """Open path as a process chrooted into the folder ``root`` would: links resolve inside.

    Returns a descriptor (close-on-exec). Raises OSError as open(2) does; ELOOP on a link of
    /proc that leads elsewhere.
    """
    return _openat2(root, path, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)


def open_no_links(root: int, path: Path, flags: int, mode: int = 0) -> int:
    """Open path below the folder ``root`` and refuse (ELOOP) if any part of it is a link."""
    return _openat2(root, path, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS)


def open_same_mount(root: int, path: Path, flags: int) -> int:
    """Like ``open_no_links``, and refuse (EXDEV) what is mounted over any part of it."""
    return _openat2(root, path, flags, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV)


def _openat2(root: int, path: Path, flags: int, mode: int, resolve: int) -> int:
    how = struct.pack("=QQQ", flags | os.O_CLOEXEC, mode, resolve)
    raw = encoded(path)
    for attempt in range(_EAGAIN_TRIES):
        try:
            return syscall(OPENAT2, root, raw, how, len(how), path=path)
        except BlockingIOError:  # a rename elsewhere raced with "..": the kernel asks to try again
            if attempt == _EAGAIN_TRIES - 1:
                raise
    raise AssertionError("unreachable")
