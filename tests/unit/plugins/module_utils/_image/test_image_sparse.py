# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps of sparse files in every format, and wrong ones."""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

import pytest
from memory import Memory
from tarbuild import GNU, archive, checksummed, file, header, number, padded, pax

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._image.tar import FILE, Member, read_members

Segments = Sequence[Tuple[int, int]]


def old_gnu(segments: Segments, size: int, stored: int) -> bytes:
    """A header of type S with all the blocks that its map needs."""
    pairs = [number(offset, 12) + number(count, 12) for offset, count in segments]
    block = bytearray(header("f", b"S", size=stored, magic=GNU))
    block[386:482] = b"".join(pairs[:4]).ljust(96, b"\0")
    block[482] = len(pairs) > 4
    block[483:495] = number(size, 12)
    data = checksummed(bytes(block))
    for at in range(4, len(pairs), 21):
        more = len(pairs) > at + 21
        data += b"".join(pairs[at : at + 21]).ljust(504, b"\0") + bytes([more]) + bytes(7)
    return data


def read(data: bytes) -> List[Member]:
    return list(read_members(Memory(data)))


def pax_file(records: Any, data: bytes) -> bytes:
    pairs = records.items() if isinstance(records, dict) else records
    return archive(
        pax([(f"GNU.sparse.{key}", value) for key, value in pairs]), file("./GNUSparseFile.1/f", data), file("g")
    )


def map_1_0(segments: Segments) -> bytes:
    numbers = [len(segments), *(value for segment in segments for value in segment)]
    return padded("".join(f"{value}\n" for value in numbers).encode())


SEGMENTS = [(0, 10), (4096, 20), (1 << 33, 5)]
SIZE = (1 << 33) + 4096


def check(data: bytes, name: bytes, stored: bytes) -> None:
    found, other = read(data)
    assert (found.name, found.kind, found.size, found.stored) == (name, FILE, SIZE, 35)
    assert found.sparse is not None
    assert list(found.sparse.segments) == SEGMENTS
    assert data[found.offset : found.offset + found.stored] == stored
    assert other.name == b"g"


def test_old_gnu() -> None:
    check(old_gnu(SEGMENTS, SIZE, 35) + padded(b"d" * 35) + archive(file("g")), b"f", b"d" * 35)


@pytest.mark.parametrize("count", [4, 5, 25, 26, 70])
def test_old_gnu_maps_of_any_length(count: int) -> None:
    segments = [(number * 1024, 2) for number in range(count)]
    found = read(old_gnu(segments, 1 << 20, 2 * count) + padded(bytes(2 * count)) + archive(file("g")))
    assert found[0].sparse is not None
    assert list(found[0].sparse.segments) == segments
    assert found[1].name == b"g"


def test_pax_0_0() -> None:
    pairs = [("size", str(SIZE)), ("numblocks", "3")]
    for offset, count in SEGMENTS:
        pairs += [("offset", str(offset)), ("numbytes", str(count))]
    check(pax_file(pairs, b"d" * 35), b"./GNUSparseFile.1/f", b"d" * 35)


def test_pax_0_1() -> None:
    words = ",".join(f"{offset},{count}" for offset, count in SEGMENTS)
    records = {"size": str(SIZE), "numblocks": "3", "map": words, "name": "real"}
    check(pax_file(records, b"d" * 35), b"real", b"d" * 35)


@pytest.mark.parametrize("with_size", [False, True])
def test_pax_1_0(with_size: bool) -> None:
    records = {"major": "1", "minor": "0", "name": "real", "realsize": str(SIZE)}
    stored = map_1_0(SEGMENTS) + b"d" * 35
    data = pax_file(records, stored)
    if with_size:
        keys = [(f"GNU.sparse.{key}", value) for key, value in records.items()]
        data = archive(pax([*keys, ("size", str(len(stored)))]), header("x", size=1) + padded(stored), file("g"))
    check(data, b"real", b"d" * 35)


def test_a_file_of_holes_only() -> None:
    records = {"major": "1", "minor": "0", "name": "real", "realsize": "1000"}
    found = read(pax_file(records, map_1_0([(1000, 0)])))[0]
    assert (found.size, found.stored) == (1000, 0)


@pytest.mark.parametrize(
    ("segments", "size", "stored"),
    [
        ([(0, 10), (5, 10)], 100, 20),
        ([(50, 10), (0, 10)], 100, 20),
        ([(95, 10)], 100, 10),
        ([(0, 10)], 100, 11),
        ([(0, 10)], 100, 9),
        ([(0, 10)], 5, 10),
        ([(-5, 10)], 100, 10),
        ([(0, -10), (0, 20)], 100, 10),
    ],
)
def test_maps_that_cant_be_right_are_refused(segments: Segments, size: int, stored: int) -> None:
    with pytest.raises(ContainersError, match="sparse map"):
        read(old_gnu(segments, size, stored) + padded(bytes(stored)))
    records = {"major": "1", "minor": "0", "name": "real", "realsize": str(size)}
    with pytest.raises(ContainersError, match="sparse map"):
        read(pax_file(records, map_1_0(segments) + bytes(stored)))


@pytest.mark.parametrize("leading", [b"x\n", b"-1\n", b"9999999\n", b"1" * 600, b"2\n0\n1\n", b"1\n0\nx\n", b""])
def test_damaged_leading_maps_are_refused(leading: bytes) -> None:
    records = {"major": "1", "minor": "0", "name": "real", "realsize": "100"}
    with pytest.raises(ContainersError):
        read(pax_file(records, padded(leading)))


@pytest.mark.parametrize(
    "records",
    [
        {"major": "2", "minor": "0", "realsize": "1"},
        {"major": "1", "realsize": "1"},
        {"map": "0,1,2", "size": "9"},
        {"map": "0,x", "size": "9"},
        {"map": "0,1"},
        {"name": "f"},
    ],
)
def test_records_that_make_no_map_are_refused(records: Any) -> None:
    with pytest.raises(ContainersError):
        read(pax_file(records, b"d"))
