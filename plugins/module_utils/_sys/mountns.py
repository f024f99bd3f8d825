# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work in another mount namespace for a moment and come back as if nothing had been."""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import ExitStack, contextmanager
from typing import Iterator

from .syscall import libc

CLONE_NEWNS = 0x00020000
_CLONE_FS = 0x00000200
_MS_REC = 0x4000
_MS_PRIVATE = 1 << 18
_OWN = "/proc/self/ns/mnt"


@contextmanager
def private_mount_namespace() -> Iterator[None]:
    """Run the block in a copy of this namespace: mounts made there are seen by nobody and end with it.

    The block begins in the root folder of the namespace, also where this process is chrooted.
    """
    with _restored():
        libc("unshare", CLONE_NEWNS)
        with _opened(_OWN) as copy:
            libc("setns", copy, CLONE_NEWNS)
        libc("mount", None, b"/", None, ctypes.c_ulong(_MS_REC | _MS_PRIVATE), None, path="/")
        yield


@contextmanager
def mount_namespace_of(pid: int) -> Iterator[None]:
    """Run the block in the mount namespace of that process, in its root folder."""
    with _opened(f"/proc/{pid}/ns/mnt") as theirs, _restored():
        libc("setns", theirs, CLONE_NEWNS)
        yield


@contextmanager
def _restored() -> Iterator[None]:
    """Come back to namespace, root and working folder after the block. Signals wait meanwhile."""
    with ExitStack() as stack:
        home = stack.enter_context(_opened(_OWN))
        root = stack.enter_context(_opened("/", os.O_PATH))
        here = stack.enter_context(_opened(".", os.O_PATH))
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        stack.callback(signal.pthread_sigmask, signal.SIG_SETMASK, before)
        libc("unshare", _CLONE_FS)  # setns needs a root and a working folder of this thread alone
        try:
            yield
        finally:
            libc("setns", home, CLONE_NEWNS)
            os.fchdir(root)
            os.chroot(".")
            os.fchdir(here)


@contextmanager
def _opened(path: str, flags: int = os.O_RDONLY) -> Iterator[int]:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
