# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instructions in front of a filter: a system call that is newer than all that the filter names is told to be missing.

Without them it would be forbidden, and a program that tries the newest call first would give up instead of taking an
older one. libseccomp has nothing for that.
"""

from __future__ import annotations

import errno
import struct
from dataclasses import dataclass
from typing import List, Tuple

_LOAD, _EQUAL, _GREATER, _GREATER_EQUAL, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
_ERRNO = 0x00050000
_TOKEN = 0xFFFFFFFF


@dataclass(frozen=True)
class Calls:
    """Those of one architecture: what the kernel calls it, and the greatest number that a filter names.

    Numbers are counted from ``floor``; from ``ceiling`` on, if there is one, they are another architecture's.
    """

    token: int
    newest: int
    floor: int = 0
    ceiling: int = 0


def told_missing(calls: Calls) -> bytes:
    """The instructions. Whatever isn't one of these calls goes on behind them."""
    tests: List[Tuple[int, int, bool]] = [(_GREATER, calls.newest, True)]
    if calls.floor:
        tests.insert(0, (_GREATER_EQUAL, calls.floor, True))
    if calls.ceiling:
        tests.append((_GREATER_EQUAL, calls.ceiling, False))
    steps = [(_LOAD, _ARCHITECTURE, None), (_EQUAL, calls.token & _TOKEN, True), (_LOAD, _NUMBER, None), *tests]
    made = []
    for place, (code, value, goes_on) in enumerate(steps):
        away = len(steps) - place  # behind the return
        jumps = {None: (0, 0), True: (0, away), False: (away, 0)}[goes_on]
        made.append(struct.pack("=HBBI", code, *jumps, value))
    return b"".join(made) + struct.pack("=HBBI", _RETURN, 0, 0, _ERRNO | errno.ENOSYS)
