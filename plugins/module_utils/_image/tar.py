# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read tar members strictly: what isn't plainly a tar archive is an error, never a guess.

Understood are v7, ustar, GNU and pax (``header``, ``pax``, ``sparse``). Names and links stay bytes.
Where writers disagree, members mean what they mean to Go's reader, which every container engine
uses. The standard library's reader repairs damage silently and mistakes some sparse files' sizes.
Out of scope: what a member means in an image or a layer.
"""

from __future__ import annotations

import os
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Protocol, Tuple

from .._core.errors import ContainersError
from . import header as tar_header
from .header import BLOCK, ZEROS, Header, parse_header
from .pax import Pax, parse_pax
from .sparse import Sparse, from_pax, old_gnu

FILE, HARDLINK, SYMLINK = tar_header.FILE, tar_header.HARDLINK, tar_header.SYMLINK
CHARACTER, BLOCK_DEVICE = tar_header.CHARACTER, tar_header.BLOCK_DEVICE
DIRECTORY, FIFO = tar_header.DIRECTORY, tar_header.FIFO
DUMP_DIRECTORY, VOLUME = tar_header.DUMP_DIRECTORY, tar_header.VOLUME

SPECIAL_MAX = 1024 * 1024
"""Most bytes of a pax header or of a GNU long name; Go's reader has the same limit."""
SHOWN_MAX = 200

_ID_MAX = (1 << 32) - 2
_SIZE_MAX = (1 << 63) - 1
_TIME_MAX = (1 << 40) * 1_000_000_000
_SPECIAL = frozenset((tar_header.PAX, tar_header.PAX_GLOBAL, tar_header.GNU_LONG_NAME, tar_header.GNU_LONG_LINK))
_LONG = {tar_header.GNU_LONG_NAME: "name", tar_header.GNU_LONG_LINK: "linkname"}
_KINDS = frozenset(
    (FILE, HARDLINK, SYMLINK, CHARACTER, BLOCK_DEVICE, DIRECTORY, FIFO, DUMP_DIRECTORY, VOLUME, tar_header.GNU_SPARSE)
)
_NO_XATTRS: Dict[bytes, bytes] = {}


class Source(Protocol):
    """Bytes read forwards."""

    offset: int

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes; fewer only where the source ends."""

    def skip(self, count: int) -> None:
        """Pass over ``count`` bytes. Raises ContainersError where the source ends before."""


class FileSource:
    """A stretch of an open file. Skipping costs nothing."""

    def __init__(self, descriptor: int, offset: int, size: int) -> None:
        self._descriptor = descriptor
        self._start = offset
        self._size = size
        self.offset = 0

    def take(self, count: int) -> bytes:
        data = os.pread(self._descriptor, min(count, self._size - self.offset), self._start + self.offset)
        self.offset += len(data)
        return data

    def skip(self, count: int) -> None:
        if count > self._size - self.offset:
            raise ended()
        self.offset += count


class Member(NamedTuple):
    """One entry of an archive. Every way to write a plain file has the kind FILE."""

    name: bytes
    kind: bytes
    mode: int
    """Permission bits only: at most 07777."""
    uid: int
    gid: int
    mtime: int
    """Nanoseconds since 1970, may be negative."""
    linkname: bytes
    device: Tuple[int, int]
    """Major and minor number."""
    xattrs: Mapping[bytes, bytes]
    offset: int
    """Where the stored bytes begin, counted from the start of the source."""
    stored: int
    """How many bytes of data the archive has."""
    sparse: Optional[Sparse]

    @property
    def size(self) -> int:
        """The file's size once unpacked."""
        return self.stored if self.sparse is None else self.sparse.size


def shown(name: bytes) -> str:
    """A name from an archive for a message: quoted, printable and not endless."""
    text = name[:SHOWN_MAX].decode("utf-8", "backslashreplace")
    printable = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
    return f'"{printable}{"…" if len(name) > SHOWN_MAX else ""}"'


def ended() -> ContainersError:
    return ContainersError("the archive is cut short")


def read_members(source: Source) -> Iterator[Member]:
    """The members in order; before the next step the caller may take up to ``stored`` bytes from source.

    Ends at the end mark, or where the source ends between two members. Raises ContainersError.
    """
    while True:
        start = source.offset
        try:
            member = _next(source)
        except ContainersError as error:
            raise error.within(f"byte {start}") from error
        if member is None:
            return
        end = member.offset + member.stored
        yield member
        if source.offset < end:
            source.skip(end - source.offset)
        padding = -end % BLOCK
        if padding:
            source.take(padding)


def _next(source: Source) -> Optional[Member]:
    """Read one member's headers. Of several of one kind the last counts, and a GNU name before that of pax."""
    pax: Optional[Pax] = None
    long: Dict[str, Any] = {}
    while True:
        block = source.take(BLOCK)
        if block == ZEROS or not block:
            _check_end(source, block, bool(pax or long))
            return None
        if len(block) < BLOCK:
            raise ended()
        header = parse_header(block)
        if header.kind not in _SPECIAL:
            return _member(source, block, header, pax, long)
        data = _special(source, header)
        if header.kind in _LONG:
            long[_LONG[header.kind]] = data.partition(b"\0")[0]
        elif header.kind == tar_header.PAX:
            pax = parse_pax(data)
        else:
            parse_pax(data)  # A global header is only checked: no container engine applies one.


def _check_end(source: Source, block: bytes, extended: bool) -> None:
    """At a block of zeros there is another one, or nothing at all."""
    if extended:
        raise ContainersError("an extended header without a member behind it")
    if block and source.take(BLOCK) not in (ZEROS, b""):
        raise ContainersError("not a tar header (a lone block of zeros)")


def _special(source: Source, header: Header) -> bytes:
    """What an extended header holds."""
    if not 0 <= header.size <= SPECIAL_MAX:
        raise ContainersError(f"extended header of {header.size} bytes, at most {SPECIAL_MAX} are allowed")
    data = source.take(header.size)
    if len(data) < header.size:
        raise ended()
    source.take(-header.size % BLOCK)
    return data


def _member(source: Source, block: bytes, header: Header, pax: Optional[Pax], long: Mapping[str, Any]) -> Member:
    sparse_records: List[Tuple[bytes, bytes]] = []
    xattrs = _NO_XATTRS
    if pax is not None:
        size = header.size if header.kind in tar_header.HEADER_ONLY else pax.fields.get("size", header.size)
        header = header._replace(**{**pax.fields, "size": size})
        xattrs, sparse_records = pax.xattrs, pax.sparse
    if long:
        header = header._replace(**long)
    kind, name, mode, uid, gid, size, mtime, linkname, device = header
    sparse = None
    start = source.offset
    if kind == tar_header.GNU_SPARSE:
        kind, sparse, start = FILE, old_gnu(block, source), source.offset
    elif sparse_records and kind == FILE:
        sparse = from_pax(sparse_records, source)
        name = sparse.name or name
    size -= source.offset - start
    _check(name, linkname, kind, (uid, gid), size, mtime)
    if sparse is not None and sum(count for _offset, count in sparse.segments) != size:
        raise ContainersError(f"entry {shown(name)}: its sparse map doesn't fit its {size} bytes of data")
    return Member(name, kind, mode, uid, gid, mtime, linkname, device, xattrs, source.offset, size, sparse)


def _check(name: bytes, linkname: bytes, kind: bytes, owner: Tuple[int, int], size: int, mtime: int) -> None:
    problem = None
    if b"\0" in name or b"\0" in linkname:
        problem = "a NUL byte in the name"
    elif kind not in _KINDS:
        problem = f"unknown type {kind!r}"
    elif not (0 <= owner[0] <= _ID_MAX and 0 <= owner[1] <= _ID_MAX):
        problem = f"owner {owner[0]}:{owner[1]} is not valid"
    elif not 0 <= size <= _SIZE_MAX:
        problem = f"size {size} is not valid"
    elif not -_TIME_MAX <= mtime <= _TIME_MAX:
        problem = f"time {mtime // 1_000_000_000} is not valid"
    if problem:
        raise ContainersError(f"entry {shown(name)}: {problem}")
