# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files shared with a container: ours that it has mounted, and those of its rootfs that we read."""

from __future__ import annotations

import errno
import fnmatch
import os
import stat
from typing import List, Optional, Tuple

from .safepath import open_in_root

_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.ENAMETOOLONG)


class ContainerFiles:
    """See the file's first line."""

    def overwrite(self, path: str, data: bytes, owner: Tuple[int, int]) -> None:
        """Change the file where it is, as it is mounted elsewhere: never empty meanwhile, mode 0644.

        Neither it nor its folder may be a link.
        """
        above, name = os.path.split(path)
        folder = os.open(above, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(name, flags, 0o644, dir_fd=folder)
        except OSError as error:
            raise OSError(error.errno, error.strerror, path) from error
        finally:
            os.close(folder)
        try:
            os.fchmod(descriptor, 0o644)
            os.fchown(descriptor, *owner)
            os.pwrite(descriptor, data, 0)
            os.ftruncate(descriptor, len(data))
        finally:
            os.close(descriptor)

    def read_if_there(self, path: str, limit: int) -> Optional[bytes]:
        """At most ``limit`` bytes of a file, None where there is none."""
        try:
            with open(path, "rb") as file:
                return file.read(limit)
        except FileNotFoundError:
            return None

    def matches_in_rootfs(self, rootfs: str, pattern: str) -> bool:
        """Whether anything is there at the path, or any path of the pattern of glob(7); links resolved inside.

        The last part of a path isn't followed: a link that leads nowhere is there.
        """
        root = os.open(rootfs, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            found = [""]
            for part in pattern.split("/"):
                found = [f"{above}/{name}" for above in found for name in _names(root, above, part)]
            return any(_is_there(root, path) for path in found)
        finally:
            os.close(root)

    def read_in_rootfs(self, rootfs: str, path: str, limit: int) -> bytes:
        """A file of a rootfs that isn't ours to trust, links resolved inside; empty where there is none.

        Raises OSError EFBIG above the limit.
        """
        root = os.open(rootfs, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            descriptor = open_in_root(root, path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except (FileNotFoundError, NotADirectoryError):
            return b""
        finally:
            os.close(root)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                return b""
            data = file.read(limit + 1)
            if len(data) > limit:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
            return data


def _names(root: int, folder: str, part: str) -> List[str]:
    """The names in the folder that one part of a pattern means. Without a wildcard it is a name, there or not."""
    if not any(character in part for character in "*?["):
        return [part]
    try:
        descriptor = open_in_root(root, folder or "/", os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        if error.errno in _NOT_THERE:
            return []
        raise
    try:
        names = fnmatch.filter(os.listdir(descriptor), part)
    finally:
        os.close(descriptor)
    return [name for name in names if part.startswith(".") or not name.startswith(".")]


def _is_there(root: int, path: str) -> bool:
    try:
        os.close(open_in_root(root, path, os.O_PATH | os.O_NOFOLLOW))
    except OSError as error:
        if error.errno in _NOT_THERE:
            return False
        raise
    return True
