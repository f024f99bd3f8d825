# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An archive on the target, opened: a tar file, a compressed one, or a folder, each as an ``Archive``.

A tar file is indexed by its headers alone; a compressed one is decompressed once, into a file
without a name. What the members mean is not known here.
"""

from __future__ import annotations

import posixpath
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Dict, Iterator, NamedTuple, Optional

from .._core.errors import ContainersError, step
from .._core.store import Store
from .archived import Archive, Blob
from .compression import SNIFF, is_compressed, open_stream
from .limits import Limits
from .tar import FILE, HARDLINK, SYMLINK, FileSource, Member, read_members, shown

if TYPE_CHECKING:
    from .._sys.blobs import Blobs

MEMBERS_MAX = 100_000
NAMES_MAX = 32 * 1024 * 1024
"""Most bytes that all names and targets of links may have together; they are kept in memory."""
LINKS_MAX = 40


@contextmanager
def open_archive(blobs: Blobs, store: Store, path: str, limits: Limits) -> Iterator[Archive]:
    """The archive at path, open while the block runs. The limits are those of one that is compressed."""
    with ExitStack() as opened:
        with step(f"read {path}"):
            archive = _open(blobs, store, path, limits, opened)
        yield archive


def _open(blobs: Blobs, store: Store, path: str, limits: Limits, opened: ExitStack) -> Archive:
    if blobs.is_folder(path):
        folder = blobs.open_folder(path)
        opened.callback(blobs.close, folder)
        return _FolderArchive(blobs, folder, opened)
    descriptor = blobs.open_file(path)
    opened.callback(blobs.close, descriptor)
    if is_compressed(blobs.read(descriptor, 0, SNIFF)):
        descriptor = _decompressed(blobs, store, descriptor, limits)
        opened.callback(blobs.close, descriptor)
    return _TarArchive(blobs, descriptor)


class _Indexed(NamedTuple):
    """What is kept of a member: nothing that an archive could make large."""

    kind: bytes
    plain: bool
    """Whether it is a file whose bytes lie here in one piece."""
    linkname: bytes
    offset: int
    stored: int


class _TarArchive:
    """A tar file; its members' headers are read once, by seeking from one to the next."""

    is_file = True

    def __init__(self, blobs: Blobs, descriptor: int) -> None:
        self._blobs = blobs
        self._descriptor = descriptor
        self._members = _index(descriptor, blobs.size(descriptor))

    def find(self, name: str) -> Optional[Blob]:
        key = _normal(name.encode())
        member = self._members.get(key)
        for _follow in range(LINKS_MAX):
            if member is None or member.kind not in (SYMLINK, HARDLINK):
                break
            target = _target(key, member)
            member = self._members.get(target)
            if member is None:
                raise ContainersError(f"member {shown(key)} links to {shown(target)}, which is not in the archive")
            key = target
        if member is None:
            return None
        if member.kind in (SYMLINK, HARDLINK):
            raise ContainersError(f"member {shown(name.encode())} links around in a circle")
        if not member.plain:
            raise ContainersError(f"member {shown(key)} is not a plain file")
        return Blob(self._descriptor, member.offset, member.stored)

    def read(self, blob: Blob, size: int) -> bytes:
        return self._blobs.read(blob.descriptor, blob.offset, min(size, blob.size))


class _FolderArchive:
    """A folder; each member is opened so that no link leads out of the folder."""

    is_file = False

    def __init__(self, blobs: Blobs, folder: int, opened: ExitStack) -> None:
        self._blobs = blobs
        self._folder = folder
        self._opened = opened
        self._found: Dict[str, Optional[Blob]] = {}

    def find(self, name: str) -> Optional[Blob]:
        if name not in self._found:
            self._found[name] = self._open(name)
        return self._found[name]

    def _open(self, name: str) -> Optional[Blob]:
        descriptor = self._blobs.open_inside(self._folder, name)
        if descriptor is None:
            return None
        self._opened.callback(self._blobs.close, descriptor)
        return Blob(descriptor, 0, self._blobs.size(descriptor))

    def read(self, blob: Blob, size: int) -> bytes:
        return self._blobs.read(blob.descriptor, blob.offset, min(size, blob.size))


def _decompressed(blobs: Blobs, store: Store, compressed: int, limits: Limits) -> int:
    """A descriptor of the decompressed archive; the work is done once however often it is opened."""
    origin = blobs.stamp_of(compressed)
    kept = blobs.kept(origin)
    if kept is not None:
        return kept
    plain = blobs.nameless(store.root)
    try:
        _decompress(blobs, compressed, plain, limits)
        blobs.keep(origin, plain)
    except BaseException:
        blobs.close(plain)
        raise
    return plain


def _decompress(blobs: Blobs, compressed: int, plain: int, limits: Limits) -> None:
    position = written = 0

    def read(count: int) -> bytes:
        nonlocal position
        data = blobs.read(compressed, position, count)
        position += len(data)
        return data

    for piece in open_stream(read):
        written += len(piece)
        limits.check_growth(written, position)
        blobs.append(plain, piece)


def _index(descriptor: int, size: int) -> Dict[bytes, _Indexed]:
    """The members by name; of several with one name the last, as tar would unpack them."""
    members: Dict[bytes, _Indexed] = {}
    names = 0
    try:
        for number, member in enumerate(read_members(FileSource(descriptor, 0, size))):
            names += len(member.name) + len(member.linkname)
            if number >= MEMBERS_MAX or names > NAMES_MAX:
                raise ContainersError(
                    f"more than {MEMBERS_MAX} members, or than {NAMES_MAX} bytes of names: no image archive has so many"
                )
            members[_normal(member.name)] = _indexed(member)
    except ContainersError as error:
        if members:
            raise
        raise ContainersError(f"neither a tar archive nor a compressed one ({error.message})") from error
    return members


def _indexed(member: Member) -> _Indexed:
    plain = member.kind == FILE and member.sparse is None
    return _Indexed(member.kind, plain, member.linkname, member.offset, member.stored)


def _normal(name: bytes) -> bytes:
    """The name without ``./`` and the like. A name that leads out keeps its ``..`` and is never found by another."""
    return posixpath.normpath(name).lstrip(b"/") if name else name


def _target(name: bytes, member: _Indexed) -> bytes:
    """Where a link leads, as a member's name."""
    if member.kind == HARDLINK or member.linkname.startswith(b"/"):
        return _normal(member.linkname)
    return _normal(posixpath.join(posixpath.dirname(name), member.linkname))
