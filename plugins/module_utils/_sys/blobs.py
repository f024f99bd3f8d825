# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are read where they lie, by descriptor: archives, and blobs in folders that others filled.

Out of scope: what is in them. Written are files too large for memory: without a name, gone when
closed, or whole at once.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress
from typing import Callable, NamedTuple, Optional, Tuple

from .._core.errors import ContainersError
from . import flock
from .safepath import open_in_root
from .writing import write_all

_MARK = "daemonless"
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK  # a FIFO put there must not keep us waiting


class Stamp(NamedTuple):
    """What changes when a file's bytes do (ctime can't be set back by its owner)."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


class Blobs:
    """Opens and reads; the caller closes."""

    def __init__(self) -> None:
        self._kept: Optional[Tuple[Stamp, int]] = None

    def keep(self, origin: Stamp, descriptor: int) -> None:
        """Keep open what was made from the file of that stamp, for :meth:`kept`; only the last is kept."""
        if self._kept is not None:
            os.close(self._kept[1])
        self._kept = (origin, os.dup(descriptor))

    def kept(self, origin: Stamp) -> Optional[int]:
        """A descriptor of what was kept for that stamp."""
        return os.dup(self._kept[1]) if self._kept is not None and self._kept[0] == origin else None

    def is_folder(self, path: str) -> bool:
        return os.path.isdir(path)

    def stamp(self, path: str) -> Optional[Stamp]:
        """The stamp of the file; None where there is nothing."""
        try:
            return _stamp(os.stat(path))
        except FileNotFoundError:
            return None

    def stamp_of(self, descriptor: int) -> Stamp:
        return _stamp(os.fstat(descriptor))

    def open_file(self, path: str) -> int:
        """A descriptor of a plain file. Raises OSError, or ContainersError if it is something else."""
        return _plain(os.open(path, _READ), path)

    def open_folder(self, path: str) -> int:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def open_inside(self, folder: int, name: str) -> Optional[int]:
        """A descriptor of a plain file in the folder, links resolved within it; None where there is none."""
        try:
            descriptor = open_in_root(folder, name, _READ)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                return None
            raise
        return _plain(descriptor, name)

    def size(self, descriptor: int) -> int:
        return os.fstat(descriptor).st_size

    def mode(self, descriptor: int) -> int:
        """The file's permission bits."""
        return stat.S_IMODE(os.fstat(descriptor).st_mode)

    def read(self, descriptor: int, offset: int, size: int) -> bytes:
        """So many bytes from the offset; fewer only at the end of the file."""
        parts = []
        while size:
            part = os.pread(descriptor, min(size, 0x7FFFF000), offset)
            if not part:
                break
            parts.append(part)
            offset += len(part)
            size -= len(part)
        return b"".join(parts)

    def append(self, descriptor: int, data: bytes) -> None:
        """Write all of the bytes at the descriptor's position."""
        write_all(descriptor, data)

    def write_whole(self, path: str, mode: int, fill: Callable[[Callable[[bytes], object]], None]) -> None:
        """Let ``fill`` write a file and put it at path when all of it is on the disk; else leave nothing.

        What a killed run left of it, the next one takes away.
        """
        folder = os.path.dirname(path)
        prefix = f".{os.path.basename(path)[:64]}.{_MARK}-"
        _sweep(folder, prefix)
        descriptor, temporary = _new(folder, prefix)
        try:
            with os.fdopen(descriptor, "wb") as file:
                fill(file.write)
                file.flush()
                os.fchmod(descriptor, mode)
                os.fsync(descriptor)
            os.rename(temporary, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        self._sync(folder)

    def nameless(self, folder: str) -> int:
        """A new file for reading and writing that nobody else can open, on the disk of the folder.

        Where the folder isn't there yet, its nearest parent that is decides.
        """
        while not os.path.isdir(folder):
            folder = os.path.dirname(folder)
        with tempfile.TemporaryFile(dir=folder) as file:
            return os.dup(file.fileno())

    def close(self, descriptor: int) -> None:
        os.close(descriptor)

    def _sync(self, folder: str) -> None:
        descriptor = self.open_folder(folder)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _stamp(found: os.stat_result) -> Stamp:
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _plain(descriptor: int, path: str) -> int:
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise ContainersError(f"{path} is not a plain file")


def _new(folder: str, prefix: str) -> Tuple[int, str]:
    """A new file that is locked, and so nobody's leftover, as long as it is open."""
    while True:
        descriptor, path = tempfile.mkstemp(prefix=prefix, dir=folder)
        if flock.try_own(descriptor) and os.path.lexists(path):
            return descriptor, path
        os.close(descriptor)  # another run swept it away before it was locked


def _sweep(folder: str, prefix: str) -> None:
    """Remove files of this user that begin so and that nobody writes any more."""
    for name in os.listdir(folder):
        if not name.startswith(prefix):
            continue
        with suppress(OSError):
            descriptor = os.open(f"{folder}/{name}", _READ | os.O_NOFOLLOW)
            try:
                found = os.fstat(descriptor)
                if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and flock.try_own(descriptor):
                    os.unlink(f"{folder}/{name}")
            finally:
                os.close(descriptor)
