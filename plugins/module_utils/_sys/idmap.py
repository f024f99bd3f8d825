# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mappings of user and group ids: user namespaces that carry one, and acting as the root of one.

Which ids a container gets is decided elsewhere; here a mapping is lines of (inside, outside, length).
"""

from __future__ import annotations

import ctypes
import errno
import os
from contextlib import ExitStack, contextmanager
from typing import Iterator, Tuple

from .._core.errors import ContainersError
from .errand import waiting_child
from .syscall import libc

Lines = Tuple[Tuple[int, int, int], ...]

CLONE_NEWUSER = 0x10000000
_PR_GET_SECUREBITS = 27
_PR_SET_SECUREBITS = 28
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_NO_ID = 0xFFFFFFFF
_HINTS = {
    errno.EPERM: "It can't be made in a chroot; elsewhere, see that user namespaces aren't forbidden (sysctl)",
    errno.ENOSPC: "Raise the limit: sysctl user.max_user_namespaces",
    errno.EINVAL: "This kernel has no user namespaces; userns: none does without",
}


def user_namespace(uidmap: Lines, gidmap: Lines) -> int:
    """A descriptor of a new user namespace with that mapping and no process in it."""
    with ExitStack() as held:
        try:
            child = held.enter_context(waiting_child(CLONE_NEWUSER))
        except OSError as error:
            raise ContainersError(os.strerror(error.errno or 0), _HINTS.get(error.errno or 0)) from error
        _write_map(f"/proc/{child}/uid_map", uidmap)
        _write_map(f"/proc/{child}/gid_map", gidmap)
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)


def _write_map(path: str, lines: Lines) -> None:
    text = "".join(f"{inside} {outside} {length}\n" for inside, outside, length in lines)
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    except OSError as error:
        raise OSError(error.errno, os.strerror(error.errno or 0), path) from error
    finally:
        os.close(descriptor)


@contextmanager
def file_system_ids(uid: int, gid: int) -> Iterator[None]:
    """Let this thread make and open files as uid:gid while it keeps all its capabilities."""
    secure_bits = libc("prctl", _PR_GET_SECUREBITS)
    _set_secure_bits(secure_bits | _SECBIT_NO_SETUID_FIXUP)
    try:
        old_gid = _set_file_system_id("setfsgid", gid)
        old_uid = _set_file_system_id("setfsuid", uid)
        try:
            yield
        finally:
            _set_file_system_id("setfsuid", old_uid)
            _set_file_system_id("setfsgid", old_gid)
    finally:
        _set_secure_bits(secure_bits)


def _set_secure_bits(bits: int) -> None:
    libc("prctl", _PR_SET_SECUREBITS, ctypes.c_ulong(bits), path="prctl PR_SET_SECUREBITS")


def _set_file_system_id(function: str, new: int) -> int:
    """Set it and return the old one. The call itself never tells of a failure: ask for what is set now."""
    old = libc(function, ctypes.c_uint(new))
    if libc(function, ctypes.c_uint(_NO_ID)) & _NO_ID != new:
        raise PermissionError(1, os.strerror(1), f"{function} {new}")
    return old & _NO_ID
