# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""System calls that Python's os module lacks: the plumbing, one way to call and to fail.

What the calls are for is in the files beside this one. The numbers here are the same on every
architecture (all were added after numbering was unified); older calls go through libc by name.
"""

from __future__ import annotations

import ctypes
import os
from typing import Any, Union

_libc = ctypes.CDLL(None, use_errno=True)

AT_FDCWD = -100
AT_EMPTY_PATH = 0x1000
AT_RECURSIVE = 0x8000

_PR_SET_PDEATHSIG = 1
_CLOSE_RANGE = 436
_LAST_DESCRIPTOR = 0xFFFFFFFF

OPEN_TREE = 428
MOVE_MOUNT = 429
FSOPEN = 430
FSCONFIG = 431
FSMOUNT = 432
CLONE3 = 435
OPENAT2 = 437
MOUNT_SETATTR = 442

Path = Union[str, bytes]


def libc(function: str, *args: Any, path: Path = "") -> int:
    """Call a libc function that returns -1 on failure. Raises OSError with errno, its words and path."""
    return _checked(getattr(_libc, function)(*args), path or function)


def close_range(first: int, last: int = _LAST_DESCRIPTOR, flags: int = 0) -> None:
    """Close the descriptors from first to last; those that aren't open are no error."""
    syscall(_CLOSE_RANGE, first, last, flags, path="close descriptors")


def end_with_parent(number: int) -> None:
    """Have this process sent the signal when its parent ends; one that has ended already sends none."""
    libc("prctl", _PR_SET_PDEATHSIG, number, 0, 0, 0)


def function_address(function: str) -> ctypes.c_void_p:
    """Where a libc function is, for calls that take one."""
    return ctypes.cast(getattr(_libc, function), ctypes.c_void_p)


def syscall(number: int, *args: Any, path: Path = "") -> int:
    """Call by number; see the constants above. Raises OSError with errno, its words and path."""
    return _checked(_libc.syscall(ctypes.c_long(number), *args), path or f"system call {number}")


def encoded(path: Path) -> bytes:
    """The path as the kernel wants it. Raises ValueError on a NUL byte, which would cut it short."""
    raw = os.fsencode(path)
    if b"\0" in raw:
        raise ValueError(f"NUL byte in path {path!r}")
    return raw


def _checked(result: int, path: Path) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
    return result
