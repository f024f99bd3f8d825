# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A child process that does one thing: it calls one function of the C library, and ends.

Some calls act on the process that makes them, so that another has to make them for us. A fork of Python for that
costs milliseconds, most of it for copying page tables. This child shares our memory instead, has a stack of its own
and never runs Python.
Out of scope: whatever takes more than one call, or an argument more.
"""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import contextmanager
from typing import Any, Iterator

from .syscall import function_address, libc

CLONE_VM = 0x00000100
CLONE_VFORK = 0x00004000
_STACK = 64 * 1024
_PATIENCE = 60


def call_in_child(function: str, argument: bytes) -> int:
    """Let a new child of ours call the function, wait, and return the errno of its failure, or 0."""
    ctypes.set_errno(0)
    stack = ctypes.create_string_buffer(_STACK)
    pid = _clone(function, stack, CLONE_VM | CLONE_VFORK, ctypes.c_char_p(argument))
    number = ctypes.get_errno()  # the child wrote it where we read it, and had ended when clone returned
    status = os.waitpid(pid, 0)[1]
    return number if status else 0


@contextmanager
def waiting_child(flags: int) -> Iterator[int]:
    """The pid of a child made with these flags of clone(2) that does nothing, till the end of the block.

    If we are killed meanwhile, it ends by itself within a minute.
    """
    stack = ctypes.create_string_buffer(_STACK)
    pid = _clone("sleep", stack, CLONE_VM | flags, ctypes.c_ulong(_PATIENCE))
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _clone(function: str, stack: Any, flags: int, argument: Any) -> int:
    """The new child's pid. Raises OSError. The stack has to stay as long as the child."""
    top = ctypes.addressof(stack) + _STACK  # stacks grow down
    return libc("clone", function_address(function), ctypes.c_void_p(top & -16), flags | signal.SIGCHLD, argument)
