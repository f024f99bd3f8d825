# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much disk space a tree takes, and how much is free: a tree that somebody else filled, as deep as it may be.

What goes while it is looked at isn't counted.
"""

from __future__ import annotations

import os
from typing import List, Set, Tuple

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCK = 512
_PATH_LONG = 3000
"""Bytes of a path beyond which a folder is opened for its own sake: the kernel takes no path above 4096."""

Inode = Tuple[int, int]


class DiskUsage:
    """See the file's first line."""

    def of(self, path: str) -> int:
        """Bytes on the disk of what is at path, a folder with all below; none there is 0.

        Each file counts once, whatever number of names it has. Links are counted and not followed.
        """
        try:
            top = os.open(path, _FOLDER)
        except NotADirectoryError:
            return os.lstat(path).st_blocks * _BLOCK
        except FileNotFoundError:
            return 0
        try:
            return os.fstat(top).st_blocks * _BLOCK + _below(top, set())
        finally:
            os.close(top)

    def free(self, path: str) -> int:
        """Bytes that can be written where the folder lies."""
        found = os.statvfs(path)
        return found.f_bavail * found.f_frsize


def _below(top: int, seen: Set[Inode]) -> int:
    total = 0
    waiting: List[bytes] = [b"."]
    while waiting:
        path = waiting.pop()
        try:
            folder = os.open(path, _FOLDER, dir_fd=top)
        except FileNotFoundError:  # gone meanwhile
            continue
        try:
            if len(path) > _PATH_LONG:
                total += _below(folder, seen)
                continue
            with os.scandir(folder) as entries:
                for entry in entries:
                    total += _size(entry, seen)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(path + b"/" + os.fsencode(entry.name))
        finally:
            os.close(folder)
    return total


def _size(entry: os.DirEntry[str], seen: Set[Inode]) -> int:
    """Of itself alone; nothing where it was counted under another name, or is gone meanwhile."""
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return 0
    inode = (found.st_dev, found.st_ino)
    if inode in seen:
        return 0
    if found.st_nlink > 1:
        seen.add(inode)
    return found.st_blocks * _BLOCK
