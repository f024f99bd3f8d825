# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask the host's Linux security module to confine what this process executes next: AppArmor's profile, SELinux' label.

That is done by writing to /proc. What is written there by somebody who was led elsewhere protects nothing, so it is
made sure that it is the kernel's own file.
"""

from __future__ import annotations

import os

from .._core.errors import ContainersError, step
from . import magic
from .launch import Label
from .safepath import open_same_mount

_PROC_ROOT = 1


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
        if magic.file_system(proc, "/proc") != magic.PROC or os.fstat(proc).st_ino != _PROC_ROOT:
            raise ContainersError("/proc isn't the kernel's")
        return open_same_mount(proc, path, os.O_WRONLY)
    finally:
        os.close(proc)
