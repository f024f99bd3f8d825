# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instructions in front of a filter, carried out as the kernel would."""

from __future__ import annotations

import errno
import struct
from typing import Optional

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sys.missing_calls import Calls, told_missing

X86_64, X32_BIT, ARM = -0x3FFFFFC2, 0x40000000, 0x40000028


def outcome(program: bytes, architecture: int, number: int) -> Optional[int]:
    """The error that the program returns; None where it goes on to what is behind it."""
    data = {0: number, 4: architecture & 0xFFFFFFFF}
    place = loaded = 0
    while place < len(program) // 8:
        code, when_true, when_false, value = struct.unpack_from("=HBBI", program, place * 8)
        place += 1
        if code == 0x20:
            loaded = data[value]
        elif code == 0x06:
            assert value & 0xFFFF0000 == 0x00050000
            return int(value & 0xFFFF)
        else:
            true = {0x15: loaded == value, 0x25: loaded > value, 0x35: loaded >= value}[code]
            place += when_true if true else when_false
    assert place == len(program) // 8
    return None


@pytest.mark.parametrize(
    ("calls", "architecture", "number", "missing"),
    [
        (Calls(ARM, 449), ARM, 449, False),
        (Calls(ARM, 449), ARM, 450, True),
        (Calls(ARM, 449), X86_64, 450, False),
        (Calls(X86_64, 450, ceiling=X32_BIT), X86_64, 450, False),
        (Calls(X86_64, 450, ceiling=X32_BIT), X86_64, 451, True),
        (Calls(X86_64, 450, ceiling=X32_BIT), X86_64, X32_BIT + 451, False),
        (Calls(X86_64, X32_BIT + 547, floor=X32_BIT), X86_64, 600, False),
        (Calls(X86_64, X32_BIT + 547, floor=X32_BIT), X86_64, X32_BIT + 547, False),
        (Calls(X86_64, X32_BIT + 547, floor=X32_BIT), X86_64, X32_BIT + 548, True),
    ],
)
def test_only_what_is_newer_is_missing(calls: Calls, architecture: int, number: int, missing: bool) -> None:
    assert outcome(told_missing(calls), architecture, number) == (errno.ENOSYS if missing else None)
