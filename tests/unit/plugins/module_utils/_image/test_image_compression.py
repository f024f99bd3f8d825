# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams are told by their first bytes and read in bounded memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from typing import Callable, Dict

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._image import compression, zstd
from ansible_collections.daemonless.containers.plugins.module_utils._image.compression import CHUNK, open_stream

DATA = bytes(range(256)) * 4096 + bytes(3 * CHUNK)
ZSTD_ABC = bytes.fromhex("28b52ffd0458190000616263990977ad")
ZSTD_SKIPPABLE = bytes.fromhex("502a4d1803000000") + b"xyz"
PACKERS: Dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}
packed = pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)


def unpacked(data: bytes, at_once: int = CHUNK) -> bytes:
    stream = io.BytesIO(data)
    return b"".join(open_stream(lambda count: stream.read(min(count, at_once))))


@pytest.mark.parametrize("data", [b"", b"x", b"\x1f", b"BZ", b"plain data", DATA])
@pytest.mark.parametrize("at_once", [1, CHUNK])
def test_plain_data_passes_unchanged(data: bytes, at_once: int) -> None:
    data = data[:5000]
    assert unpacked(data, at_once) == data


@packed
@pytest.mark.parametrize("at_once", [1, 7, 1000, CHUNK])
def test_every_format_is_told_by_its_first_bytes(pack: Callable[[bytes], bytes], at_once: int) -> None:
    data = DATA if at_once > 7 else DATA[:2000]
    assert unpacked(pack(data), at_once) == data


@packed
def test_several_streams_in_a_row_are_one(pack: Callable[[bytes], bytes]) -> None:
    assert unpacked(pack(b"a") + pack(b"") + pack(DATA)) == b"a" + DATA


@packed
def test_pieces_are_never_larger_than_a_chunk(pack: Callable[[bytes], bytes]) -> None:
    assert max(len(piece) for piece in open_stream(io.BytesIO(pack(bytes(20 * CHUNK))).read)) <= CHUNK


@packed
@pytest.mark.parametrize("cut", [1, 4, 20])
def test_a_stream_cut_short_is_an_error(pack: Callable[[bytes], bytes], cut: int) -> None:
    with pytest.raises(ContainersError, match=r"cut short|damaged"):
        unpacked(pack(DATA)[:-cut])


@packed
def test_rubbish_behind_a_stream_is_an_error(pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ContainersError, match="followed by other data"):
        unpacked(pack(DATA) + b"rubbish rubbish")


class Tiny:
    """A stream of ten bytes; ``given`` grows with all that any of them gets."""

    given = 0

    def __init__(self) -> None:
        self.eof = self.needs_input = False
        self.unused_data = b""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        Tiny.given += len(data)
        self.eof, self.unused_data = True, data[10:]
        return b""


def test_many_tiny_streams_cost_no_more_than_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each copies what lies behind it: given all that is there, they would copy it all again and again."""
    monkeypatch.setitem(compression._FORMATS, b"TINY", ("tiny", lambda: (Tiny, ValueError)))
    count = 40_000
    assert unpacked(b"TINY567890" * count) == b""
    assert Tiny.given < CHUNK + count * (compression.FIRST + 10)


@packed
def test_many_real_streams_are_one(pack: Callable[[bytes], bytes]) -> None:
    assert unpacked(b"".join(pack(b"%d" % number) for number in range(2000))) == b"".join(
        b"%d" % number for number in range(2000)
    )


def test_zstd_frames_and_skippable_ones() -> None:
    assert unpacked(ZSTD_ABC + ZSTD_SKIPPABLE + ZSTD_ABC) == b"abcabc"
    assert unpacked(ZSTD_ABC + ZSTD_SKIPPABLE, at_once=1) == b"abc"


@pytest.mark.parametrize("data", [ZSTD_ABC[:-1], ZSTD_ABC[:5], ZSTD_ABC[:-4] + b"1234", ZSTD_ABC + b"rubbish"])
def test_damaged_zstd_is_an_error(data: bytes) -> None:
    with pytest.raises(ContainersError, match="zstd data is"):
        unpacked(data)


def test_a_host_without_libzstd_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zstd, "LIBRARY", "libzstd-that-is-nowhere.so")
    monkeypatch.setattr(zstd.sys, "version_info", (3, 11))
    with pytest.raises(ContainersError, match="Install the distribution's package libzstd1"):
        unpacked(ZSTD_ABC)
