# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put files at paths of a container's root, all or none: the change that a copy makes.

Every file is first written whole, under another name in the folder that it goes to, and is on the disk before it takes
its place; the former one keeps the other name until all have. So whoever reads sees one or the other, a failure takes
everything back, and what a kill leaves is replaced by the next run. Folders are opened once, within the root, and then
known by descriptor. Runs in the forked process of ``insides``.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from contextlib import suppress
from functools import partial
from typing import Callable, Dict, List, NamedTuple, Sequence

from .._core.errors import ContainersError, step
from .._core.interruption import heed
from .looking import FOLDER_FLAGS, open_plain, opened, status
from .safepath import open_in_root
from .syscall import encoded, libc
from .writing import write_all

MAKE, WRITE, GIVE = "make", "write", "give"
"""A folder; a file; owner and mode of a file that stays."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_RENAME_NOREPLACE, _RENAME_EXCHANGE = 1, 2
_BLOCK = 1 << 20


class Change(NamedTuple):
    """Owner and group are the container's ids; offset and size say where in the source the content lies."""

    act: str
    path: str
    mode: int
    uid: int
    gid: int
    offset: int = 0
    size: int = 0
    follow: bool = False


class _Written(NamedTuple):
    """A file that waits under another name in its folder."""

    change: Change
    folder: int
    name: str
    temporary: str


def put(root: int, changes: Sequence[Change], source: int) -> None:
    """Make the changes, or raise and leave everything as it was."""
    placing = _Placing(root, source)
    try:
        for change in changes:
            heed()
            with step(change.path):
                placing.prepare(change)
        placing.settle()
    except BaseException:
        placing.take_back()
        raise


def temporary_name(name: str) -> str:
    """What a file of that name is called till it takes its place: always the same, so that no killed run leaves two."""
    return f".daemonless-{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}"


class _Placing:
    def __init__(self, root: int, source: int) -> None:
        self._root = root
        self._source = source
        self._folders: Dict[str, int] = {}
        self._written: List[_Written] = []
        self._given: List[Change] = []
        self._back: List[Callable[[], None]] = []
        """What takes back what was done, in its order."""

    def prepare(self, change: Change) -> None:
        if change.act == MAKE:
            self._make(change)
        elif change.act == WRITE:
            self._write(change)
        else:
            self._given.append(change)

    def settle(self) -> None:
        """All is ready: let it take its place, unless the run is interrupted."""
        heed()
        for change in self._given:
            with step(change.path):
                self._give(change)
        former = []
        for written in self._written:
            with step(written.change.path):
                if self._take_place(written):
                    former.append(written)
        for written in former:
            with suppress(OSError):
                os.unlink(written.temporary, dir_fd=written.folder)
        for folder in self._folders.values():
            _sync(folder)

    def take_back(self) -> None:
        for act in reversed(self._back):
            with suppress(OSError):
                act()

    def _make(self, change: Change) -> None:
        folder, name = self._place(change)
        os.mkdir(name, 0o700, dir_fd=folder)
        self._back.append(partial(os.rmdir, name, dir_fd=folder))
        made = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            _own(made, change)
        finally:
            os.close(made)

    def _write(self, change: Change) -> None:
        folder, name = self._place(change)
        temporary = temporary_name(name)
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=folder)
        new = os.open(temporary, _NEW, 0o600, dir_fd=folder)
        self._back.append(partial(os.unlink, temporary, dir_fd=folder))
        try:
            self._fill(new, change)
            _own(new, change)
            os.fsync(new)
        finally:
            os.close(new)
        self._written.append(_Written(change, folder, name, temporary))

    def _fill(self, new: int, change: Change) -> None:
        offset, end = change.offset, change.offset + change.size
        while offset < end:
            heed()
            data = os.pread(self._source, min(_BLOCK, end - offset), offset)
            if not data:
                raise ContainersError("what is copied has become shorter meanwhile", "Run again")
            offset += len(data)
            write_all(new, data)

    def _take_place(self, written: _Written) -> bool:
        """Whether there was a file before, which has the temporary name now."""
        _change, folder, name, temporary = written
        found = status(folder, name)
        if found is None:
            _rename(folder, temporary, name, _RENAME_NOREPLACE)
            self._back.append(partial(os.unlink, name, dir_fd=folder))
            return False
        try:
            _rename(folder, temporary, name, _RENAME_EXCHANGE)
        except OSError as error:
            if error.errno != errno.EINVAL:  # a file system that can't: there is no way back then
                raise
            os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            return False
        self._back.append(partial(_rename, folder, temporary, name, _RENAME_EXCHANGE))
        former = status(folder, temporary)
        if former is not None and stat.S_ISDIR(former.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        return True

    def _give(self, change: Change) -> None:
        folder, name = self._place(change)
        file = open_plain(folder, name)
        found = os.fstat(file)
        self._back.append(partial(os.fchmod, file, stat.S_IMODE(found.st_mode)))
        self._back.append(partial(os.fchown, file, found.st_uid, found.st_gid))
        _own(file, change)

    def _place(self, change: Change) -> tuple[int, str]:
        if change.follow:
            folder, name = opened(self._root, change.path, follow=True)
            self._folders[change.path] = folder
            return folder, name
        parent, _slash, name = change.path.rpartition("/")
        if parent not in self._folders:
            self._folders[parent] = open_in_root(self._root, parent or "/", FOLDER_FLAGS)
        return self._folders[parent], name


def _own(descriptor: int, change: Change) -> None:
    """The mode last, as a change of the owner takes bits of it away."""
    os.fchown(descriptor, change.uid, change.gid)
    os.fchmod(descriptor, change.mode)


def _rename(folder: int, one: str, other: str, flags: int) -> None:
    libc("renameat2", folder, encoded(one), folder, encoded(other), flags, path=other)


def _sync(folder: int) -> None:
    descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
