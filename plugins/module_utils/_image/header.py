# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One tar header block: v7, ustar or GNU. Out of scope: headers that change another one (``pax``)."""

from __future__ import annotations

import struct
from typing import NamedTuple, Tuple

from .._core.errors import ContainersError

BLOCK = 512
ZEROS = bytes(BLOCK)

FILE, HARDLINK, SYMLINK, CHARACTER, BLOCK_DEVICE, DIRECTORY, FIFO = b"0", b"1", b"2", b"3", b"4", b"5", b"6"
DUMP_DIRECTORY, VOLUME = b"D", b"V"
GNU_SPARSE, GNU_LONG_NAME, GNU_LONG_LINK, PAX, PAX_GLOBAL = b"S", b"L", b"K", b"x", b"g"
CONTIGUOUS, V7_FILE = b"7", b"\0"

HEADER_ONLY = frozenset((HARDLINK, SYMLINK, CHARACTER, BLOCK_DEVICE, DIRECTORY, FIFO))
_STRUCT = struct.Struct("100s8s8s8s12s12s8s1s100s8s32s32s8s8s155s12s")
_OCTAL_DIGITS = b"01234567"


class Header(NamedTuple):
    """The fields of a block, as numbers and bytes; ``kind`` is the type flag as it stands."""

    kind: bytes
    name: bytes
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int
    """Nanoseconds since 1970."""
    linkname: bytes
    device: Tuple[int, int]


def parse_header(block: bytes) -> Header:
    """The header in a block of 512 bytes. Raises ContainersError where it is none."""
    name, mode, uid, gid, size, mtime, checksum, kind, link, magic, _u, _g, major, minor, prefix, _pad = _STRUCT.unpack(
        block
    )
    _verify(block, checksum)
    name = name.partition(b"\0")[0]
    if magic == b"ustar\x0000" and prefix[0]:
        name = prefix.partition(b"\0")[0] + b"/" + name
    if kind == V7_FILE:
        kind = DIRECTORY if name.endswith(b"/") else FILE
    device = (0, 0)
    if kind in (CHARACTER, BLOCK_DEVICE):
        device = (number(major), number(minor))
    return Header(
        FILE if kind == CONTIGUOUS else kind,
        name,
        number(mode) & 0o7777,
        number(uid),
        number(gid),
        0 if kind in HEADER_ONLY else number(size),
        number(mtime) * 1_000_000_000,
        link.partition(b"\0")[0],
        device,
    )


def number(field: bytes) -> int:
    """A numeric field: octal digits, or GNU's base 256 where the first bit is set."""
    if field[0] & 0x80:
        bits = 8 * len(field) - 1
        value = int.from_bytes(field, "big") & ((1 << bits) - 1)
        return value - (1 << bits) if value >> (bits - 1) else value
    digits = field.strip(b" \0")
    if not digits:
        return 0
    if digits.strip(_OCTAL_DIGITS):
        raise ContainersError(f"tar header with the number {digits!r}")
    return int(digits, 8)


def _verify(block: bytes, checksum: bytes) -> None:
    """The checksum is the sum of all bytes, its own eight counted as blanks; old writers summed signed bytes."""
    digits = checksum.strip(b" \0")
    if not digits or digits.strip(_OCTAL_DIGITS):
        raise ContainersError("not a tar header")
    expected = int(digits, 8)
    if sum(block) - sum(checksum) + 256 == expected:
        return
    blanked = block[:148] + b" " * 8 + block[156:]
    if sum(byte - 256 if byte > 127 else byte for byte in blanked) != expected:
        raise ContainersError("not a tar header (its checksum is wrong)")
