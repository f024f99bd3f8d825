# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be copied, as one descriptor that holds all contents and a list of what lies where in it.

It comes from the controller as a tar archive, or from a file or a folder of this machine. Links are followed.
Out of scope: where it goes.
"""

from __future__ import annotations

import os
import stat
import tarfile
from dataclasses import dataclass
from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple

from .._core.errors import ContainersError, step
from .looking import as_text, sha1
from .writing import write_all

_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_TOP = "."
_BLOCK = 1 << 20
_CONTENT_MODE = 0o644

Id = Tuple[int, int]


class Piece(NamedTuple):
    """A file, or a folder; ``path`` is relative to what is copied and empty for that itself."""

    path: str
    folder: bool
    mode: int
    offset: int = 0
    size: int = 0
    checksum: str = ""


@dataclass(frozen=True)
class Bundle:
    """Folders come before what is in them."""

    descriptor: int
    pieces: Tuple[Piece, ...]


class Bundles:
    """Opens them; they are closed with the process."""

    def of_archive(self, path: str) -> Bundle:
        """What the action plugin has packed and sent."""
        descriptor = os.open(path, _READ)
        with os.fdopen(os.dup(descriptor), "rb") as file, tarfile.open(fileobj=file, mode="r:") as archive:
            return Bundle(descriptor, tuple(_piece_of(descriptor, member) for member in archive))

    def of_bytes(self, data: bytes) -> Bundle:
        descriptor = os.memfd_create("content")
        write_all(descriptor, data)
        return Bundle(descriptor, (_piece(descriptor, "", False, _CONTENT_MODE, 0, len(data)),))

    def of_path(self, path: str, room: Callable[[], int]) -> Bundle:
        """A file of this machine, or a folder with all in it; ``room`` opens a file to put their contents into."""
        if not os.path.isdir(path):
            descriptor, found = _plain(path)
            return Bundle(descriptor, (_piece(descriptor, "", False, stat.S_IMODE(found.st_mode), 0, found.st_size),))
        descriptor = room()
        return Bundle(descriptor, tuple(_gathered(path, descriptor)))

    def text(self, bundle: Bundle, piece: Piece) -> Optional[str]:
        return as_text(os.pread(bundle.descriptor, piece.size, piece.offset))


def _piece_of(descriptor: int, member: tarfile.TarInfo) -> Piece:
    path = "" if member.name == _TOP else member.name
    return _piece(descriptor, path, member.isdir(), member.mode, member.offset_data, member.size)


def _piece(descriptor: int, path: str, folder: bool, mode: int, offset: int, size: int) -> Piece:
    if path.startswith("/") or ".." in path.split("/"):
        raise ContainersError(f"{path!r} is no path of what is copied")
    if folder:
        return Piece(path, True, mode)
    return Piece(path, False, mode, offset, size, sha1(descriptor, offset, size))


def _plain(path: str) -> Tuple[int, os.stat_result]:
    descriptor = os.open(path, _READ)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise ContainersError(f"{path} is neither a file nor a folder")
    return descriptor, found


def _gathered(top: str, room: int) -> Iterator[Piece]:
    waiting: List[Tuple[str, Tuple[Id, ...]]] = [("", ())]
    while waiting:
        path, above = waiting.pop()
        whole = os.path.join(top, path)
        with step(whole):
            found = os.stat(whole)
            if stat.S_ISDIR(found.st_mode):
                own = (found.st_dev, found.st_ino)
                if own in above:
                    raise ContainersError("a link in it leads back to a folder that it is in")
                yield Piece(path, True, stat.S_IMODE(found.st_mode))
                names = sorted(os.listdir(whole), reverse=True)
                waiting += [(f"{path}/{name}".lstrip("/"), (*above, own)) for name in names]
            else:
                yield _taken(whole, path, room)


def _taken(whole: str, path: str, room: int) -> Piece:
    descriptor, found = _plain(whole)
    offset = os.lseek(room, 0, os.SEEK_END)
    with os.fdopen(descriptor, "rb") as file:
        while True:
            data = file.read(_BLOCK)
            if not data:
                break
            write_all(room, data)
    size = os.lseek(room, 0, os.SEEK_END) - offset
    return _piece(room, path, False, stat.S_IMODE(found.st_mode), offset, size)
