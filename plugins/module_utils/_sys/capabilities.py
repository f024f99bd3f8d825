# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capabilities: how a process keeps a few of them for good."""

from __future__ import annotations

import errno
import struct
from typing import Iterable

from .capability_names import NAMES
from .syscall import libc

_PR_CAPBSET_DROP = 24
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_VERSION_3 = 0x20080522


def bound(keep: Iterable[str]) -> None:
    """Drop every capability but these from the bounding set, unknown newer ones of the kernel too."""
    kept = {NAMES.index(name) for name in keep}
    number = 0
    while number in kept or _drop(number):
        number += 1


def limit(keep: Iterable[str]) -> None:
    """Hold just these as permitted and effective, and nothing that an exec could inherit."""
    libc("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0, path="clear ambient capabilities")
    mask = sum(1 << NAMES.index(name) for name in keep)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    header = struct.pack("=Ii", _VERSION_3, 0)
    libc("capset", header, struct.pack("=6I", low, low, 0, high, high, 0), path="set capabilities")


def _drop(number: int) -> bool:
    """Whether there is such a capability, which is dropped now."""
    try:
        libc("prctl", _PR_CAPBSET_DROP, number, 0, 0, 0, path="drop capability")
    except OSError as error:
        if error.errno == errno.EINVAL:
            return False
        raise
    return True
