# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decompress zstd: by the standard library where it can (Python 3.14), else by libzstd itself.

libzstd.so.1 is on every Debian and Fedora (the package managers and systemd are linked with it),
so that nothing has to be installed. Its own limit on memory (a window of 128 MiB) holds.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Callable

from .._core.errors import ContainersError

LIBRARY = "libzstd.so.1"


class ZstdError(Exception):
    """The data is damaged."""


class _Buffer(ctypes.Structure):
    """ZSTD_inBuffer and ZSTD_outBuffer."""

    _fields_ = [("start", ctypes.c_void_p), ("size", ctypes.c_size_t), ("position", ctypes.c_size_t)]


def decompressor() -> Callable[[], Any]:
    """What makes a decompressor of one frame, with the interface of bz2.BZ2Decompressor."""
    if sys.version_info >= (3, 14):
        return _standard
    library, room = _library(), _Room()
    return lambda: LibzstdDecompressor(library, room)


def _standard() -> Any:
    from compression import zstd  # type: ignore[import-not-found, unused-ignore]

    return zstd.ZstdDecompressor()


def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise ContainersError(
            f"zstd data can't be read: {error}", "Install the distribution's package libzstd1 (Debian) or libzstd"
        ) from error
    library.ZSTD_createDStream.restype = ctypes.c_void_p
    library.ZSTD_freeDStream.argtypes = [ctypes.c_void_p]
    library.ZSTD_decompressStream.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Buffer), ctypes.POINTER(_Buffer)]
    library.ZSTD_decompressStream.restype = ctypes.c_size_t
    library.ZSTD_isError.argtypes = [ctypes.c_size_t]
    library.ZSTD_getErrorName.argtypes = [ctypes.c_size_t]
    library.ZSTD_getErrorName.restype = ctypes.c_char_p
    return library


class _Room:
    """Where pieces come out; the frames of a stream share it."""

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(0)

    def of(self, size: int) -> int:
        """The address of so many bytes."""
        if len(self._buffer) < size:
            self._buffer = ctypes.create_string_buffer(size)
        return ctypes.addressof(self._buffer)


class LibzstdDecompressor:
    """One frame, by libzstd's streaming interface."""

    def __init__(self, library: ctypes.CDLL, room: _Room) -> None:
        self._library = library
        self._room = room
        self._stream = library.ZSTD_createDStream()
        if not self._stream:
            raise MemoryError("ZSTD_createDStream")
        self._rest = b""
        self.eof = False
        self.needs_input = True

    def __del__(self) -> None:
        if getattr(self, "_stream", None):
            self._library.ZSTD_freeDStream(self._stream)

    @property
    def unused_data(self) -> bytes:
        return self._rest if self.eof else b""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        given = self._rest + data
        address = self._room.of(max_length)
        # Not ctypes.cast: it makes cycles, and what they hold stays until the collector comes by.
        text = ctypes.c_char_p(given)
        source = _Buffer(ctypes.c_void_p.from_buffer(text).value, len(given), 0)
        target = _Buffer(address, max_length, 0)
        left = self._library.ZSTD_decompressStream(self._stream, ctypes.byref(target), ctypes.byref(source))
        if self._library.ZSTD_isError(left):
            raise ZstdError(self._library.ZSTD_getErrorName(left).decode())
        self._rest = given[source.position :]
        self.eof = left == 0
        self.needs_input = not self.eof and not self._rest and target.position < max_length
        return ctypes.string_at(address, target.position)
