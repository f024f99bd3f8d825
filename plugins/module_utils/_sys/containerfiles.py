# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files shared with a container: ours that it has mounted, and those of its rootfs that we read."""

from __future__ import annotations

import errno
import os
import stat
from typing import Optional, Tuple

from .safepath import open_in_root


class ContainerFiles:
    """See the file's first line."""

    def overwrite(self, path: str, data: bytes, owner: Tuple[int, int]) -> None:
        """Change the file where it is, as it is mounted elsewhere: never empty meanwhile, mode 0644."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
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
