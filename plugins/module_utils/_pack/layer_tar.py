# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A layer as the bytes of a tar archive: the same entries give the same bytes, on every host.

Times are all one, owners have numbers and no names, pax headers appear only where ustar can't
tell a value. Sparse files are written with their holes filled, as ``docker save`` does.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Iterable

from .._core.errors import ContainersError, step
from .entries import Entry, HostFile

if TYPE_CHECKING:
    from .._sys.host import Host

CHUNK = 1024 * 1024
Write = Callable[[bytes], object]
_TYPES = {
    stat.S_IFREG: tarfile.REGTYPE,
    stat.S_IFDIR: tarfile.DIRTYPE,
    stat.S_IFLNK: tarfile.SYMTYPE,
    stat.S_IFCHR: tarfile.CHRTYPE,
    stat.S_IFBLK: tarfile.BLKTYPE,
    stat.S_IFIFO: tarfile.FIFOTYPE,
}
_END = bytes(2 * tarfile.BLOCKSIZE)


@dataclass(frozen=True)
class Layer:
    """One layer's tar: its digest and how many bytes it has."""

    diff_id: str
    size: int


def write_layer(host: Host, entries: Iterable[Entry], mtime: int, write: Write) -> Layer:
    """Write the tar through ``write`` and tell what it was."""
    digest, size = hashlib.sha256(), 0

    def put(data: bytes) -> None:
        nonlocal size
        digest.update(data)
        size += len(data)
        write(data)

    for entry in entries:
        put(header(tar_info(entry, mtime)))
        if isinstance(entry.source, bytes):
            put(entry.source)
        elif entry.source is not None:
            with step(f"pack {os.fsdecode(entry.path)}"):
                _put_file(host, entry.source, entry.size, put)
        put(bytes(-entry.size % tarfile.BLOCKSIZE))
    put(_END)
    return Layer(f"sha256:{digest.hexdigest()}", size)


def header(info: tarfile.TarInfo) -> bytes:
    """The member's header blocks."""
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def tar_info(entry: Entry, mtime: int) -> tarfile.TarInfo:
    hard_link = entry.type == stat.S_IFREG and bool(entry.target)
    name = os.fsdecode(entry.path)
    info = tarfile.TarInfo(f"{name}/" if entry.type == stat.S_IFDIR and name != "." else name)
    info.type = tarfile.LNKTYPE if hard_link else _TYPES[entry.type]
    info.mode, info.uid, info.gid, info.mtime = entry.mode, entry.uid, entry.gid, mtime
    info.size = entry.size
    info.linkname = os.fsdecode(entry.target)
    info.devmajor, info.devminor = os.major(entry.rdev), os.minor(entry.rdev)
    info.pax_headers = {
        f"SCHILY.xattr.{name}": value.decode("utf-8", "surrogateescape") for name, value in entry.xattrs.items()
    }
    return info


def _put_file(host: Host, source: HostFile, size: int, put: Callable[[bytes], None]) -> None:
    descriptor = source.open(host)
    try:
        position = 0
        while position < size:
            data = host.blobs.read(descriptor, position, min(CHUNK, size - position))
            if not data:
                break
            put(data)
            position += len(data)
        if position != size or host.blobs.size(descriptor) != size:
            raise ContainersError("the file changed while it was read", "Run again")
    finally:
        host.blobs.close(descriptor)
