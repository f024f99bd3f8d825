# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove a tree that somebody else filled: as deep as it may be, links unfollowed, mounts not entered.

Deep folders are moved up before they are emptied, so that neither the call stack nor the number
of open files grows with the depth.
"""

from __future__ import annotations

import errno
import itertools
import os
from typing import Iterator, List, Union

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_IS_FOLDER = (errno.EISDIR, errno.EPERM)
_FULL = (errno.ENOTEMPTY, errno.EEXIST)
_TAKEN = (*_FULL, errno.ENOTDIR)

Name = Union[str, bytes]


def remove_at(parent: int, name: Name) -> None:
    """Remove what has that name in the folder open as ``parent``. Raises OSError, EBUSY at a mount point."""
    if not _unlinked(parent, name):
        _remove_folder(parent, name)


def _unlinked(parent: int, name: Name) -> bool:
    """Whether it is gone, as anything but a folder is."""
    try:
        os.unlink(name, dir_fd=parent)
    except OSError as error:
        if error.errno not in _IS_FOLDER:
            raise
        return False
    return True


def _remove_folder(parent: int, name: Name) -> None:
    if _removed_empty(parent, name):
        return
    top = os.open(name, _FOLDER, dir_fd=parent)
    try:
        serial = itertools.count()
        waiting = _cleared(top)
        while waiting:
            _empty(top, waiting.pop(), waiting, serial)
    finally:
        os.close(top)
    os.rmdir(name, dir_fd=parent)


def _empty(top: int, name: str, waiting: List[str], serial: Iterator[int]) -> None:
    """Remove the folder ``name`` in ``top``; those inside that aren't empty move up and wait there."""
    try:
        folder = os.open(name, _FOLDER, dir_fd=top)
    except FileNotFoundError:
        return
    try:
        waiting.extend(_moved_up(folder, entry, top, serial) for entry in _cleared(folder))
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=top)


def _cleared(folder: int) -> List[str]:
    """What is left in the folder once all is gone that can go at once: folders that aren't empty."""
    left = [entry for entry in os.listdir(folder) if not _unlinked(folder, entry)]
    return [entry for entry in left if not _removed_empty(folder, entry)]


def _removed_empty(folder: int, name: Name) -> bool:
    """Whether it is gone. Raises OSError EBUSY where something is mounted on it: what is in that is not to be seen."""
    try:
        os.rmdir(name, dir_fd=folder)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        return False
    return True


def _moved_up(folder: int, name: str, top: int, serial: Iterator[int]) -> str:
    for number in serial:
        target = f".removed-{number}"
        try:
            os.rename(name, target, src_dir_fd=folder, dst_dir_fd=top)
            return target
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
    raise AssertionError("unreachable")
