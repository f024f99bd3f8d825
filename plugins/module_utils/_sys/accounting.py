# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a container's init ended, as the kernel wrote it down: BSD process accounting (acct(2)).

Nobody of ours waits for the init, its parent is the host's PID 1. But the kernel can write one
record of 64 bytes for each process that ends in a pid namespace; that of pid 1 has the wait status.
A kernel built without accounting writes nothing, and then the exit code isn't known.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import Optional

from .errand import call_in_child
from .namespaces import FLAGS, enter
from .syscall import encoded, libc

_RECORD = struct.Struct("=BBHIIIII40x")  # flag, version, tty, exit code, uid, gid, pid, parent …
_SIZE = 64
_VERSION_MASK = 0x0F
_VERSION = 3
_BLOCK = _SIZE * 4096
_TRIM_ABOVE = 1024 * 1024
_KEEP_LAST = 64 * 1024
_KEEP_SIZE_PUNCH_HOLE = 0x01 | 0x02
_INIT = 1
_WITHOUT = (errno.ENOSYS, errno.EPERM)  # not built into this kernel, or not for us (the host is a container itself)


class Accounting:
    """Accounting of one pid namespace into one file of ours."""

    def begin(self, pid: int, path: str) -> bool:
        """Write records of the process's pid namespace to the file, emptied first. False: the kernel can't."""
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))
        own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        try:
            there = f"/proc/{pid}/ns/pid"
            namespace = os.open(there, os.O_RDONLY | os.O_CLOEXEC)
            try:
                enter(namespace, FLAGS["pid"], there)
            finally:
                os.close(namespace)
            try:
                return _begin_in_child(encoded(path))
            finally:
                enter(own, FLAGS["pid"], "own pid namespace")
        finally:
            os.close(own)

    def exit_status(self, path: str) -> Optional[int]:
        """The wait status of the namespace's pid 1; None while it lives or where it isn't known."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            end = os.fstat(descriptor).st_size // _SIZE * _SIZE
            while end:
                start = max(0, end - _BLOCK)
                status = _init_status(os.pread(descriptor, end - start, start))
                if status is not None:
                    return status
                end = start
            return None
        finally:
            os.close(descriptor)

    def trim(self, path: str) -> None:
        """Free the disk space of all but the newest records, if there are many; only while the init lives.

        A hole is punched, so that a record which the kernel appends meanwhile is never lost.
        """
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            found = os.fstat(descriptor)
            if found.st_blocks * 512 > _TRIM_ABOVE:
                length = ctypes.c_int64(found.st_size - _KEEP_LAST)
                libc("fallocate64", descriptor, _KEEP_SIZE_PUNCH_HOLE, ctypes.c_int64(0), length, path=path)
        finally:
            os.close(descriptor)


def _begin_in_child(path: bytes) -> bool:
    """Accounting begins for the caller's own pid namespace, so a child that is born there has to call."""
    number = call_in_child("acct", path)
    if number not in (0, *_WITHOUT):
        raise OSError(number, os.strerror(number), "process accounting")
    return number == 0


def _init_status(records: bytes) -> Optional[int]:
    """The wait status in the last record of the namespace's init among these."""
    status = None
    for _flag, version, _tty, code, _uid, _gid, pid, _parent in _RECORD.iter_unpack(records):
        if pid == _INIT and version & _VERSION_MASK == _VERSION:
            status = code
    return status
