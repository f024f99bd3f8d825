# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A layer's bytes on their way from the archive to the writer: read, decompressed and hashed beside it.

Two threads work ahead of the writer: one reads and decompresses, one hashes. zlib, libzstd,
hashlib and the kernel all run without the interpreter's lock, so the writer hardly waits. What is
under way at any time is a few pieces of half a megabyte, however large the layer.
"""

from __future__ import annotations

import hashlib
import os
import threading
from queue import Queue
from typing import Callable, Optional, Union

from .compression import open_stream
from .limits import Limits
from .tar import ended

PIECES = 8

_Piece = Union[bytes, BaseException, None]
"""Data; why there is no more; None at the end."""


class Blob:
    """Reads one stored layer with pread, hashing it if its own digest is to be checked."""

    def __init__(self, descriptor: int, offset: int, size: int, hashed: bool) -> None:
        self._descriptor = descriptor
        self._at = offset
        self._end = offset + size
        self._hash = hashlib.sha256() if hashed else None
        self.count = 0

    def read(self, count: int) -> bytes:
        wanted = min(count, self._end - self._at)
        data = os.pread(self._descriptor, wanted, self._at)
        if len(data) == 0 and wanted:
            raise ended()
        self._at += len(data)
        self.count += len(data)
        if self._hash is not None:
            self._hash.update(data)
        return data

    def digest(self) -> Optional[str]:
        return None if self._hash is None else f"sha256:{self._hash.hexdigest()}"


class LayerStream:
    """The uncompressed tar of a layer, as a source for ``tar.read_members``."""

    def __init__(self, blob: Blob, limits: Limits) -> None:
        self.offset = 0
        self._blob = blob
        self._limits = limits
        self._hash = hashlib.sha256()
        self._pieces: Queue[_Piece] = Queue(PIECES)
        self._hashed: Queue[Optional[bytes]] = Queue(PIECES)
        self._piece = b""
        self._at = 0
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read_ahead, self._hash_along)]
        for thread in self._threads:
            thread.start()

    def take(self, count: int) -> bytes:
        at = self._at
        end = at + count
        if end <= len(self._piece):
            self._at = end
            self.offset += count
            return self._piece[at:end]
        data = []
        while count:
            if self._at == len(self._piece) and not self._next():
                break
            data.append(self._piece[self._at : self._at + count])
            self._at += len(data[-1])
            self.offset += len(data[-1])
            count -= len(data[-1])
        return b"".join(data)

    def skip(self, count: int) -> None:
        self._pass(count, len)

    def copy(self, descriptor: int, count: int) -> None:
        """Write the next ``count`` bytes to the descriptor."""
        self._pass(count, lambda data: os.write(descriptor, data))

    def drain(self) -> None:
        """Read to the end whatever lies behind the archive's end mark: the digest covers it."""
        while self._next():
            pass
        for thread in self._threads:
            thread.join()

    def diff_id(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"

    def _pass(self, count: int, use: Callable[[memoryview], int]) -> None:
        while count:
            if self._at == len(self._piece) and not self._next():
                raise ended()
            used = use(memoryview(self._piece)[self._at : self._at + count])
            self._at += used
            self.offset += used
            count -= used

    def _next(self) -> bool:
        piece = self._pieces.get()
        if isinstance(piece, bytes):
            self._piece, self._at = piece, 0
            return True
        self._piece, self._at = b"", 0
        self._pieces.put(None)
        if piece is not None:
            raise piece
        return False

    def _read_ahead(self) -> None:
        total = 0
        last: _Piece = None
        try:
            for piece in open_stream(self._blob.read):
                total += len(piece)
                self._limits.check_growth(total, self._blob.count)
                self._hashed.put(piece)
                self._pieces.put(piece)
        except BaseException as error:  # told to the writer, who raises it
            last = error
        self._hashed.put(None)
        self._pieces.put(last)

    def _hash_along(self) -> None:
        while True:
            piece = self._hashed.get()
            if piece is None:
                return
            self._hash.update(piece)
