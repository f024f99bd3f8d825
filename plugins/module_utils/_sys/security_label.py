# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask the host's Linux security module to confine what this process executes next: AppArmor's profile, SELinux' label.

That is done by writing to /proc. What is written there by somebody who was led elsewhere protects nothing, so it is
made sure that it is the kernel's own file.
"""

from __future__ import annotations

import ctypes
import os

from .._core.errors import ContainersError, step
from .launch import Label
from .safepath import open_same_mount
from .syscall import libc

_PROC_MAGIC = 0x9FA0
_PROC_ROOT = 1
_ROOM = 256


def confine_next_program(label: Label) -> None:
    """Raises ContainersError where the security module doesn't take it."""
    with step(f"ask the security module for {label.text}"):
        descriptor = _open(f"{os.getpid()}/attr/{label.file}")
        try:
            os.write(descriptor, label.text.encode())
        except OSError as error:
            raise ContainersError(
                f"it refuses: {os.strerror(error.errno or 0)}", "A profile has to be loaded, a label has to be valid"
            ) from error
        finally:
            os.close(descriptor)


def _open(path: str) -> int:
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        room = ctypes.create_string_buffer(_ROOM)
        libc("fstatfs", proc, room, path="/proc")
        magic = ctypes.c_long.from_buffer(room).value
        if magic != _PROC_MAGIC or os.fstat(proc).st_ino != _PROC_ROOT:
            raise ContainersError("/proc isn't the kernel's")
        return open_same_mount(proc, path, os.O_WRONLY)
    finally:
        os.close(proc)
