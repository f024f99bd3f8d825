# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much disk space a tree takes, and how much is free: a tree that somebody else filled, as deep as it may be."""

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
        """Bytes on the disk of the folder with all below, each file once whatever number of names it has."""
        top = os.open(path, _FOLDER)
        try:
            return os.fstat(top).st_blocks * _BLOCK + _below(top, set())
        finally:
            os.close(top)

    def free(self, path: str) -> int:
        """Bytes that can be written where the folder lies."""
        found = os.statvfs(path)
        return found.f_bavail * found.f_frsize


def _below(top: int, seen: Set[Inode]) -> int:
    """Links are counted and not followed."""
    total = 0
    waiting: List[bytes] = [b"."]
    while waiting:
        path = waiting.pop()
        folder = os.open(path, _FOLDER, dir_fd=top)
        try:
            if len(path) > _PATH_LONG:
                total += _below(folder, seen)
                continue
            with os.scandir(folder) as entries:
                for entry in entries:
                    found = entry.stat(follow_symlinks=False)
                    is_folder = entry.is_dir(follow_symlinks=False)
                    if is_folder:
                        waiting.append(path + b"/" + os.fsencode(entry.name))
                    elif found.st_nlink > 1:
                        if (found.st_dev, found.st_ino) in seen:
                            continue
                        seen.add((found.st_dev, found.st_ino))
                    total += found.st_blocks * _BLOCK
        finally:
            os.close(folder)
    return total
