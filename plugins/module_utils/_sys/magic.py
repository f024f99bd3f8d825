# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kind of file system a descriptor lies on, as the kernel numbers them."""

from __future__ import annotations

import ctypes

from .syscall import libc

PROC = 0x9FA0
KERNELS_OWN = {
    PROC: "proc",
    0x62656572: "sysfs",
    0x0027E0EB: "cgroup",
    0x63677270: "cgroup2",
    0x1CD1: "devpts",
    0x19800202: "mqueue",
    0x64626720: "debugfs",
    0x74726163: "tracefs",
    0x73636673: "securityfs",
    0xCAFE4A11: "bpf",
    0x6E736673: "nsfs",
}
"""File systems whose files are the kernel's settings and objects, not somebody's data."""

_ROOM = 256
"""Enough for any architecture's struct statfs, which begins with the number."""


def file_system(descriptor: int, path: str) -> int:
    """The number. The descriptor may be one of O_PATH."""
    room = ctypes.create_string_buffer(_ROOM)
    libc("fstatfs", descriptor, room, path=path)
    return ctypes.c_ulong.from_buffer(room).value
