# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder that is filled with entries whose names somebody else chose; nothing outside of it is touched.

Names are resolved as in a chroot: ``..`` stops at the folder, links planted by earlier entries
lead inside. The folder must be private to this process while it is filled: what was just
resolved doesn't change under it. Out of scope: what entries mean (``_image.writer``).
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import Callable, Dict, List, Optional, Tuple

from .removal import remove_at
from .safepath import open_in_root, open_no_links

FOLDER_MODE = 0o755
"""Mode of a folder that no entry describes."""
_OPEN_MAX = 128
_LINKS_MAX = 40
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
_READ_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_SPECIAL_NAMES = (b"", b".", b"..")

Place = Tuple[int, bytes]
"""An open folder and a name in it that is neither ``.`` nor ``..``."""


def components(name: bytes) -> List[bytes]:
    """The parts of a name, ``.`` and ``..`` worked out without leaving the root. The root has none."""
    parts: List[bytes] = []
    for part in name.split(b"/"):
        if part == b"..":
            del parts[-1:]
        elif part not in _SPECIAL_NAMES:
            parts.append(part)
    return parts


class Tree:
    """Fills the folder open as ``root``. Every method raises OSError as the kernel does."""

    def __init__(self, root: int, made: Callable[[bytes], None]) -> None:
        """``made`` is told of every folder that no entry asked for."""
        self.root = root
        self._made = made
        self._open: Dict[bytes, int] = {}

    def place(self, name: bytes) -> Place:
        """Where the name leads, its last part not followed and missing folders made.

        Good until the next call. Raises IsADirectoryError where the name means the root itself.
        """
        parent, _slash, base = name.rpartition(b"/")
        if base in _SPECIAL_NAMES:
            parts = components(name)
            if not parts:
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            parent, base = b"/".join(parts[:-1]), parts[-1]
        folder = self._open.get(parent)
        return (self._folder(parent) if folder is None else folder), base

    def file(self, place: Place, mode: int) -> int:
        """A new file, open for writing; whatever was in its place is gone."""
        try:
            return os.open(place[1], _CREATE, mode, dir_fd=place[0])
        except FileExistsError:
            self._clear(place)
            return os.open(place[1], _CREATE, mode, dir_fd=place[0])

    def folder(self, place: Place) -> None:
        """A folder, one that is there kept with what it has. Its mode is for ``settle`` to set."""
        try:
            os.mkdir(place[1], FOLDER_MODE, dir_fd=place[0])
        except FileExistsError:
            if self.is_folder(place):
                return
            self._clear(place)
            os.mkdir(place[1], FOLDER_MODE, dir_fd=place[0])

    def symlink(self, place: Place, target: bytes) -> None:
        """A symbolic link with that target, verbatim."""
        try:
            os.symlink(target, place[1], dir_fd=place[0])
        except FileExistsError:
            self._clear(place)
            os.symlink(target, place[1], dir_fd=place[0])

    def node(self, place: Place, mode: int, device: int = 0) -> None:
        """A fifo or device node."""
        try:
            os.mknod(place[1], mode, device, dir_fd=place[0])
        except FileExistsError:
            self._clear(place)
            os.mknod(place[1], mode, device, dir_fd=place[0])

    def link(self, place: Place, target: Place) -> None:
        """A hard link to what is at ``target``; a symbolic link there is linked itself."""
        try:
            _link(target, place)
        except FileExistsError:
            if not os.path.samestat(self.status(place), self.status(target)):
                self._clear(place)
                _link(target, place)

    def own(self, place: Place, uid: int, gid: int, mtime: int) -> None:
        """Owner and time of what is at the place, links not followed."""
        if uid or gid:
            os.chown(place[1], uid, gid, dir_fd=place[0], follow_symlinks=False)
        os.utime(place[1], ns=(mtime, mtime), dir_fd=place[0], follow_symlinks=False)

    def mode(self, place: Place, mode: int) -> None:
        """Mode of what is at the place, which is no link."""
        os.chmod(place[1], mode, dir_fd=place[0])

    def status(self, place: Place) -> os.stat_result:
        return os.stat(place[1], dir_fd=place[0], follow_symlinks=False)

    def is_folder(self, place: Place) -> bool:
        return stat.S_ISDIR(self.status(place).st_mode)

    def exists(self, place: Place) -> bool:
        with suppress(FileNotFoundError):
            self.status(place)
            return True
        return False

    def open_folder(self, name: bytes) -> Optional[int]:
        """A descriptor of the folder of that name; None if by now something else is there."""
        try:
            return open_in_root(self.root, b"/".join(components(name)) or b".", _READ_FOLDER)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return None
            raise

    def close(self) -> None:
        """Close what is kept open, not ``root``."""
        for descriptor in self._open.values():
            os.close(descriptor)
        self._open.clear()

    def _clear(self, place: Place) -> None:
        """Remove what is at the place, and forget the open folders that may have gone with it."""
        kind = stat.S_IFMT(self.status(place).st_mode)
        remove_at(*place)
        if kind in (stat.S_IFDIR, stat.S_IFLNK):
            for name, descriptor in list(self._open.items()):
                if descriptor != place[0]:
                    os.close(self._open.pop(name))

    def _folder(self, parent: bytes) -> int:
        """A descriptor of the folder of that name, made if missing, kept open for the next entries."""
        parts = components(parent)
        try:
            descriptor = open_in_root(self.root, b"/".join(parts) or b".", _FOLDER)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR):
                raise
            descriptor = self._walk(parts)
        if len(self._open) >= _OPEN_MAX:
            os.close(self._open.pop(next(iter(self._open))))
        self._open[parent] = descriptor
        return descriptor

    def _walk(self, parts: List[bytes]) -> int:
        """Go down part by part as in a chroot; make what is missing, replace what is neither folder nor link."""
        todo = parts[::-1]
        done: List[bytes] = []
        links = 0
        here = self._reopened(done)
        try:
            while todo:
                part = todo.pop()
                target = b".." if part == b".." else self._step(here, part, done)
                if target is None:
                    done.append(part)
                    below = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=here)
                else:
                    links += 1
                    if links > _LINKS_MAX:
                        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
                    if part == b"..":
                        del done[-1:]
                    else:
                        done = [] if target.startswith(b"/") else done
                        todo += [step for step in target.split(b"/")[::-1] if step not in (b"", b".")]
                    below = self._reopened(done)
                os.close(here)
                here = below
            return here
        except BaseException:
            os.close(here)
            raise

    def _reopened(self, parts: List[bytes]) -> int:
        return open_no_links(self.root, b"/".join(parts) or b".", _FOLDER)

    def _step(self, folder: int, part: bytes, above: List[bytes]) -> Optional[bytes]:
        """See to it that ``part`` is a folder, unless it is a link: then return where that points."""
        place = (folder, part)
        if self.exists(place):
            kind = stat.S_IFMT(self.status(place).st_mode)
            if kind == stat.S_IFLNK:
                return os.readlink(part, dir_fd=folder)
            if kind == stat.S_IFDIR:
                return None
            self._clear(place)
        os.mkdir(part, FOLDER_MODE, dir_fd=folder)
        self._made(b"/".join([*above, part]))
        return None


def _link(target: Place, place: Place) -> None:
    os.link(target[1], place[1], src_dir_fd=target[0], dst_dir_fd=place[0], follow_symlinks=False)
