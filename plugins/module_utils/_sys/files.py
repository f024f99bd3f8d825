# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of ours on the target: read, replaced whole, removed. Paths here are ours, never an image's.

Out of scope: anything inside a layer or a rootfs, where links may lead astray (``safepath``).
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import Iterable, Iterator, List, Optional, Tuple

from . import flock
from .syscall import libc
from .trees import remove_tree

RECORD_MAX = 64 * 1024 * 1024


class Files:
    """The file system as rooms see it. One small method per act, so that a double can stand in."""

    def __init__(self) -> None:
        self._synced = True

    @contextmanager
    def synced_together(self, folder: str) -> Iterator[None]:
        """Don't wait for the disk with each file that is written; wait once, at the end, for all of them.

        What is killed meanwhile leaves whole files; a power cut may leave new ones that are empty.
        """
        self._synced = False
        try:
            yield
        finally:
            self._synced = True
            if os.path.isdir(folder):
                self._sync_all(folder)

    def _sync_all(self, folder: str) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            libc("syncfs", descriptor, path=folder)
        finally:
            os.close(descriptor)

    def read(self, path: str, limit: int = RECORD_MAX) -> bytes:
        """The file's bytes, at most ``limit`` of them. Raises OSError."""
        with open(path, "rb") as file:
            return file.read(limit)

    def stamp(self, path: str) -> Optional[Tuple[int, ...]]:
        """What tells the file from any other that has ever been at path; None where there is none."""
        try:
            found = os.stat(path)
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size

    def read_end(self, path: str, limit: int) -> bytes:
        """The file's last bytes, at most ``limit`` of them; none where there is no file."""
        with suppress(FileNotFoundError), open(path, "rb") as file:
            file.seek(-min(limit, os.fstat(file.fileno()).st_size), os.SEEK_END)
            return file.read(limit)
        return b""

    def exists(self, path: str) -> bool:
        """Whether anything, a dangling link too, is at path."""
        return os.path.lexists(path)

    def is_open_to_others(self, path: str) -> bool:
        """Whether others than its owner may do anything with the file or folder; no for none."""
        try:
            return bool(os.stat(path).st_mode & 0o077)
        except FileNotFoundError:
            return False

    def is_link(self, path: str) -> bool:
        return os.path.islink(path)

    def list(self, path: str) -> List[str]:
        """Sorted names in a folder; empty where there is no folder."""
        try:
            return sorted(os.listdir(path))
        except FileNotFoundError:
            return []

    def write_atomic(self, path: str, data: bytes, mode: int) -> None:
        """Replace the file whole: temporary file, fsync, rename. A power cut leaves the old one or the new one.

        A kill may leave the temporary file: the next write takes it over, and ``remove`` removes it too.
        """
        self.make_dir(os.path.dirname(path))
        temporary = _temporary(path)
        descriptor = _open_alone(temporary)
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, mode)
                file.truncate()
                file.write(data)
                file.flush()
                if self._synced:
                    os.fsync(descriptor)
                os.rename(temporary, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise

    def sync_dir(self, path: str) -> None:
        """Make renames and removals in the folder survive a power cut."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def make_dir(self, path: str, mode: int = 0o711) -> None:
        """Make the folder and its missing parents. A folder that is there is left as it is."""
        missing = []
        while not os.path.isdir(path):
            missing.append(path)
            path = os.path.dirname(path)
        for folder in reversed(missing):
            with suppress(FileExistsError):
                os.mkdir(folder)
                os.chmod(folder, mode)

    def make_dir_like(self, path: str, model: Optional[str]) -> None:
        """Make a folder with owner and mode of the model; root's, 0755, without one. Nothing half-made stays."""
        os.mkdir(path, 0o700)
        try:
            if model is not None:
                found = os.stat(model)
                os.chown(path, found.st_uid, found.st_gid)
            os.chmod(path, 0o755 if model is None else found.st_mode & 0o7777)
        except BaseException:
            os.rmdir(path)
            raise

    def rename(self, source: str, target: str) -> None:
        os.rename(source, target)

    def remove(self, path: str) -> None:
        """Remove a file or link, and what a kill left of writing it; none there is no error."""
        for name in (path, _temporary(path)):
            with suppress(FileNotFoundError):
                os.unlink(name)

    def remove_tree(self, path: str) -> None:
        """Remove a folder with all in it, links unfollowed; none there is no error."""
        with suppress(FileNotFoundError):
            remove_tree(path)

    def remove_empty(self, paths: Iterable[str]) -> None:
        """Remove those of the folders, in this order, that are there and empty."""
        for path in paths:
            with suppress(OSError):
                os.rmdir(path)


def _temporary(path: str) -> str:
    """Where a file is written before it takes its place."""
    folder, name = os.path.split(path)
    return f"{folder}/.{name}.new"


def _open_alone(path: str) -> int:
    """Open or make the file for this process alone, after whoever else writes it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        flock.own(descriptor)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.stat(path), os.fstat(descriptor)):
                return descriptor
        os.close(descriptor)
