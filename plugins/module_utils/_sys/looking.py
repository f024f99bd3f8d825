# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is at paths of a container's root, which somebody else may change at any time: the look before a copy.

Paths are resolved by the kernel within the root (``safepath``). Runs in the forked process of ``insides``.
"""

from __future__ import annotations

import errno
import hashlib
import os
import posixpath
import stat
from contextlib import suppress
from typing import List, NamedTuple, Optional, Sequence, Tuple

from . import magic
from .safepath import open_in_root, open_same_mount

ABSENT, FILE, FOLDER, LINK, OTHER = "absent", "file", "directory", "link", "other"
TEXT_MAX = 100 * 1024
"""What is longer isn't shown as text."""

FOLDER_FLAGS = os.O_PATH | os.O_DIRECTORY
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR)
_NO_FOLDER = (*_NOT_THERE, errno.ELOOP, errno.EACCES)
_LINKS_MAX = 40
_BLOCK = 1 << 20


class Ask(NamedTuple):
    """A path, absolute and without ``..``; what is to be there; of a file, how long and with which SHA-1."""

    path: str
    kind: str
    size: int = 0
    checksum: str = ""
    follow: bool = False
    """Whether a link at the path itself stands for what it leads to; of a folder it always does."""
    text: bool = False
    """Whether the text is wanted of a file that is another."""


class Seen(NamedTuple):
    """``checksum`` is only there for a file of the size that was asked for."""

    kind: str
    parent: bool = True
    """Whether the folder that it is in is there."""
    place: str = ""
    """The path without links."""
    mode: int = 0
    uid: int = 0
    gid: int = 0
    size: int = 0
    checksum: str = ""
    text: Optional[str] = None
    obstacle: str = ""
    """Why nothing can be put there."""


def look(root: int, asks: Sequence[Ask]) -> List[Seen]:
    base = _path_of(root).rstrip("/")
    return [_seen(root, len(base), ask) for ask in asks]


def opened(root: int, path: str, follow: bool) -> Tuple[int, str]:
    """The folder that the path leads to, open as a path, and the name in it. Raises OSError."""
    for _number in range(_LINKS_MAX):
        parent, _slash, name = path.rpartition("/")
        folder = open_in_root(root, parent or "/", FOLDER_FLAGS)
        if not follow:
            return folder, name
        try:
            target = os.readlink(name, dir_fd=folder)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOENT):
                return folder, name
            os.close(folder)
            raise
        os.close(folder)
        path = posixpath.join(parent, target)
        if path.rpartition("/")[2] in ("", ".", ".."):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)


def status(folder: int, name: str) -> Optional[os.stat_result]:
    """Of what has that name, a link unfollowed; None for nothing."""
    with suppress(FileNotFoundError):
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    return None


def open_plain(folder: int, name: str) -> int:
    """A descriptor, for reading, of the plain file of that name and of nothing else. Raises OSError."""
    descriptor = os.open(name, _READ, dir_fd=folder)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "not a plain file", name)


def sha1(descriptor: int, offset: int, size: int) -> str:
    """Of so many bytes from there, or of those that there are."""
    digest = hashlib.sha1(usedforsecurity=False)
    while size > 0:
        data = os.pread(descriptor, min(size, _BLOCK), offset)
        if not data:
            break
        digest.update(data)
        offset += len(data)
        size -= len(data)
    return digest.hexdigest()


def as_text(data: bytes) -> Optional[str]:
    """None for what is no text."""
    with suppress(UnicodeDecodeError):
        return None if b"\0" in data else data.decode("utf-8")
    return None


def _seen(root: int, base: int, ask: Ask) -> Seen:
    if ask.kind == FOLDER:
        try:
            return _folder(root, base, ask)
        except OSError as error:
            if error.errno not in _NO_FOLDER:  # else it may be a link that leads to none
                raise
    try:
        folder, name = opened(root, ask.path, ask.follow and ask.kind == FILE)
    except OSError as error:
        if error.errno == errno.EISDIR:
            return Seen(FOLDER, place=ask.path)
        if error.errno in _NOT_THERE:
            return Seen(ABSENT, parent=False, place=ask.path)
        raise
    try:
        return _entry(folder, name, base, ask)
    finally:
        os.close(folder)


def _folder(root: int, base: int, ask: Ask) -> Seen:
    descriptor = open_in_root(root, ask.path, FOLDER_FLAGS)
    try:
        found = os.fstat(descriptor)
        place = _path_of(descriptor)[base:] or "/"
        return Seen(FOLDER, True, place, stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)
    finally:
        os.close(descriptor)


def _entry(folder: int, name: str, base: int, ask: Ask) -> Seen:
    found = status(folder, name)
    place = f"{_path_of(folder)[base:].rstrip('/')}/{name}"
    obstacle = _obstacle(folder, name)
    if found is None:
        return Seen(ABSENT, place=place, obstacle=obstacle)
    kind = _kind(found.st_mode)
    owner = (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid, found.st_size)
    checksum, text = _content(folder, name, ask) if kind == FILE and ask.kind == FILE else ("", None)
    return Seen(kind, True, place, *owner, checksum, text, obstacle)


def _content(folder: int, name: str, ask: Ask) -> Tuple[str, Optional[str]]:
    """A file of another size isn't read, as it may be endless; but for its text, where it is short."""
    descriptor = open_plain(folder, name)
    try:
        size = os.fstat(descriptor).st_size
        checksum = sha1(descriptor, 0, size) if size == ask.size else ""
        wants_text = ask.text and checksum != ask.checksum and size <= TEXT_MAX
        return checksum, as_text(os.pread(descriptor, TEXT_MAX, 0)) if wants_text else None
    finally:
        os.close(descriptor)


def _kind(mode: int) -> str:
    kinds = {stat.S_IFREG: FILE, stat.S_IFDIR: FOLDER, stat.S_IFLNK: LINK}
    return kinds.get(stat.S_IFMT(mode), OTHER)


def _obstacle(folder: int, name: str) -> str:
    """Why nothing can be put there under that name; empty if it can, as far as one sees."""
    kind = magic.KERNELS_OWN.get(magic.file_system(folder, name))
    if kind is not None:
        return f"file system {kind} is the kernel's own and keeps no files"
    if os.fstatvfs(folder).f_flag & os.ST_RDONLY:
        return "its file system is mounted read-only"
    if not os.access(f"/proc/self/fd/{folder}", os.W_OK | os.X_OK):
        return "the container's root may not write to its folder"
    try:
        os.close(open_same_mount(folder, name, os.O_PATH | os.O_NOFOLLOW))
    except OSError as error:
        if error.errno == errno.EXDEV:
            return "something is mounted there, which can't be replaced"
    return ""


def _path_of(descriptor: int) -> str:
    return os.readlink(f"/proc/self/fd/{descriptor}")
