# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps of sparse files: old GNU, and pax 0.0, 0.1 and 1.0. Only where data lies; ``tar`` reads the headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, NamedTuple, Optional, Sequence, Tuple

from .._core.errors import ContainersError
from .header import BLOCK, number
from .pax import decimal

if TYPE_CHECKING:
    from .tar import Source

SEGMENTS_MAX = 256 * 1024
_LINE_MAX = 24
_PAIR = 24


class Sparse(NamedTuple):
    """A file with holes: its whole size, and where the stored bytes go, in order."""

    size: int
    segments: Tuple[Tuple[int, int], ...]
    """Pairs of an offset in the file and a count of bytes."""
    name: Optional[bytes]
    """The file's real name where the header has a made-up one."""


def old_gnu(block: bytes, source: Source) -> Sparse:
    """The map in a header of type S and in the blocks that continue it."""
    size = number(block[483:495])
    numbers = _numbers(block[386:482])
    more = block[482]
    while more:
        block = source.take(BLOCK)
        if len(block) < BLOCK:
            raise ContainersError("the archive ends within a sparse map")
        numbers += _numbers(block[:504])
        more = block[504]
        _check_count(len(numbers) // 2)
    return _sparse(size, numbers, None)


def from_pax(records: Sequence[Tuple[bytes, bytes]], source: Source) -> Sparse:
    """The map that GNU.sparse records describe; 1.0 has it before the data."""
    last = dict(records)
    size = decimal(last.get(b"realsize", last.get(b"size", b"")))
    name = last.get(b"name")
    if b"major" in last:
        if (last[b"major"], last.get(b"minor")) != (b"1", b"0"):
            raise ContainersError("sparse file in an unknown format")
        return _sparse(size, _leading_map(source), name)
    if b"map" in last:
        return _sparse(size, [decimal(value) for value in last[b"map"].split(b",")], name)
    return _sparse(size, [decimal(value) for key, value in records if key in (b"offset", b"numbytes")], name)


def _numbers(area: bytes) -> List[int]:
    found: List[int] = []
    for at in range(0, len(area), _PAIR):
        pair = area[at : at + _PAIR]
        if not pair[0]:
            break
        found += (number(pair[:12]), number(pair[12:]))
    return found


def _leading_map(source: Source) -> List[int]:
    """The map of format 1.0: a count and the numbers, a line each, filled up to whole blocks."""
    lines: List[bytes] = []
    rest = b""
    wanted = 1
    while len(lines) < wanted:
        block = source.take(BLOCK)
        if len(block) < BLOCK:
            raise ContainersError("the archive ends within a sparse map")
        *complete, rest = (rest + block).split(b"\n")
        lines += complete
        if len(lines) < wanted and len(rest) > _LINE_MAX:
            raise ContainersError("sparse map is damaged")
        if wanted == 1 and lines:
            count = decimal(lines[0])
            _check_count(count)
            wanted = 1 + 2 * count
    return [decimal(line) for line in lines[1:wanted]]


def _check_count(count: int) -> None:
    if not 0 <= count <= SEGMENTS_MAX:
        raise ContainersError(f"sparse map of {count} pieces, at most {SEGMENTS_MAX} are allowed")


def _sparse(size: int, numbers: List[int], name: Optional[bytes]) -> Sparse:
    if len(numbers) % 2:
        raise ContainersError("sparse map is damaged (an odd count of numbers)")
    segments = tuple(zip(numbers[::2], numbers[1::2]))
    end = 0
    for offset, count in segments:
        if offset < end or count < 0:
            raise ContainersError("sparse map is damaged (its pieces overlap)")
        end = offset + count
    if end > size:
        raise ContainersError("sparse map is damaged (a piece lies behind the end of the file)")
    return Sparse(size, segments, name)
