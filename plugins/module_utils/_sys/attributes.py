# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attributes of netlink messages, each a number and a value. What they mean is known where they are asked for."""

from __future__ import annotations

import struct
from typing import Iterator, Tuple

_HEAD = struct.Struct("=HH")
_NUMBER = 0x3FFF
"""The bits above tell whether attributes are nested in it, and of the order of its bytes."""


def attributes(data: bytes, at: int = 0) -> Iterator[Tuple[int, bytes]]:
    """Number and value of each, from that place on."""
    while at + _HEAD.size <= len(data):
        length, number = _HEAD.unpack_from(data, at)
        yield number & _NUMBER, data[at + _HEAD.size : at + length]
        at += max((length + 3) & ~3, _HEAD.size)
