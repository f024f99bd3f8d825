# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of a uid or gid map as users write them, checked as the kernel would check them. Pure."""

from __future__ import annotations

import re
from typing import Sequence, Tuple

from .._core.errors import ContainersError
from .record import IdMap

IDS = 2**32 - 1
"""The highest 32-bit number means "no id"."""
LINES_MAX = 340
_LINE = re.compile(r"\s*(\d{1,10})[\s:]+(\d{1,10})[\s:]+(\d{1,10})\s*", re.ASCII)


def parsed_map(lines: Sequence[str], option: str) -> Tuple[IdMap, ...]:
    """The lines, ``inside outside length`` each, in the order of the ids inside."""
    if len(lines) > LINES_MAX:
        raise ContainersError(f"{option} has {len(lines)} lines, the kernel takes at most {LINES_MAX}")
    parsed = sorted((_parsed_line(line, option) for line in lines), key=lambda line: line.inside)
    for one in parsed:
        for other in parsed:
            if one is not other and _overlap(one, other):
                raise ContainersError(f"{option}: lines {str(one)!r} and {str(other)!r} overlap")
    return tuple(parsed)


def root_is_mapped(lines: Sequence[IdMap]) -> bool:
    return any(line.inside == 0 for line in lines)


def _parsed_line(text: str, option: str) -> IdMap:
    found = _LINE.fullmatch(text)
    if not found:
        raise ContainersError(
            f"{option}: {text!r} is not a line of a map",
            'A line is "first id inside, first id on the host, how many": "0 100000 65536"',
        )
    line = IdMap(*(int(number) for number in found.groups()))
    if line.length < 1 or line.inside + line.length > IDS or line.outside + line.length > IDS:
        raise ContainersError(f"{option}: {text!r} maps no id or one beyond {IDS - 1}")
    return line


def _overlap(one: IdMap, other: IdMap) -> bool:
    inside = one.inside < other.inside + other.length and other.inside < one.inside + one.length
    outside = one.outside < other.outside + other.length and other.outside < one.outside + one.length
    return inside or outside
