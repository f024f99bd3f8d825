# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compressed streams, told by their first bytes: plain, gzip, bzip2, xz, zstd.

Everything is decompressed in this process by the interpreter's own libraries and libzstd, in
bounded memory; no program is ever run, so none can come from an image. A media type's opinion
of the compression isn't asked.
"""

from __future__ import annotations

from typing import Callable, Dict, Iterator, Protocol, Tuple, Type

from .._core.errors import ContainersError

CHUNK = 512 * 1024
"""Most bytes that come out at once."""
FIRST = 512
"""So many bytes a stream gets that follows another."""
XZ_MEMORY_MAX = 256 * 1024 * 1024

Read = Callable[[int], bytes]
"""At most so many next bytes; none at the end."""


class _Decoder(Protocol):
    """One compressed stream; the interface that bz2 and lzma have."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


_New = Tuple[Callable[[], _Decoder], Type[Exception]]
"""How to make a decoder, and what it raises on damaged data."""


class _Gzip:
    """zlib's object in the form of bz2's and lzma's."""

    def __init__(self) -> None:
        import zlib

        self._object = zlib.decompressobj(wbits=31)
        self._needs_input = True

    @property
    def needs_input(self) -> bool:
        return self._needs_input

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def unused_data(self) -> bytes:
        return self._object.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._object.decompress(self._object.unconsumed_tail + data, max_length)
        self._needs_input = not self._object.unconsumed_tail and len(out) < max_length
        return out


def _gzip() -> _New:
    import zlib

    return _Gzip, zlib.error


def _bzip2() -> _New:
    import bz2

    return bz2.BZ2Decompressor, OSError


def _xz() -> _New:
    import lzma

    return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, XZ_MEMORY_MAX), lzma.LZMAError


def _zstd() -> _New:
    from . import zstd

    return zstd.decompressor(), zstd.ZstdError


_FORMATS: Dict[bytes, Tuple[str, Callable[[], _New]]] = {
    b"\x1f\x8b": ("gzip", _gzip),
    b"BZh": ("bzip2", _bzip2),
    b"\xfd7zXZ\0": ("xz", _xz),
    b"\x28\xb5\x2f\xfd": ("zstd", _zstd),
}
SNIFF = 6


def is_compressed(start: bytes) -> bool:
    """Whether data that begins like this, with SNIFF bytes, has to be decompressed."""
    return any(start.startswith(magic) for magic in _FORMATS)


def open_stream(read: Read) -> Iterator[bytes]:
    """The data that ``read`` gives, decompressed, in pieces of at most CHUNK bytes.

    Streams that follow one another (gzip members, frames) count as one. Raises ContainersError
    on damage, on an end too early, and on anything else that lies behind the compressed data.
    """
    first = read(CHUNK)
    while 0 < len(first) < SNIFF:
        more = read(CHUNK)
        if not more:
            break
        first += more
    for magic, (name, load) in _FORMATS.items():
        if first.startswith(magic):
            return _decompressed(read, first, name, *load())
    return _plain(read, first)


class _Input:
    """What ``read`` gives, in pieces of a chosen size; the end of the last piece can be given back."""

    def __init__(self, read: Read, data: bytes) -> None:
        self._read = read
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        if self._at == len(self._data):
            self._data, self._at = self._read(CHUNK), 0
        piece = self._data[self._at : self._at + count]
        self._at += len(piece)
        return piece

    def give_back(self, count: int) -> None:
        self._at -= count


def _plain(read: Read, first: bytes) -> Iterator[bytes]:
    while first:
        yield first
        first = read(CHUNK)


def _decompressed(
    read: Read, data: bytes, name: str, new: Callable[[], _Decoder], failure: Type[Exception]
) -> Iterator[bytes]:
    """Each stream gets little at first, for a tiny one copies what lies behind it, and there may be many."""
    source, size = _Input(read, data), CHUNK
    decoder, data, behind = new(), source.take(size), False
    while True:
        try:
            out = decoder.decompress(data, CHUNK)
        except (failure, EOFError) as error:
            raise ContainersError(f"{name} data is damaged{' or followed by other data' * behind} ({error})") from error
        if out:
            yield out
        if decoder.eof:
            source.give_back(len(decoder.unused_data))
            size = FIRST
            data = source.take(size)
            if not data:
                return
            decoder, behind = new(), True
        elif decoder.needs_input:
            size = min(2 * size, CHUNK)
            data = source.take(size)
            if not data:
                raise ContainersError(f"{name} data is cut short")
        else:
            data = b""
