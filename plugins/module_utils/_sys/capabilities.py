# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capabilities: their names, and how a process keeps a few of them for good."""

from __future__ import annotations

import struct
from typing import FrozenSet, Iterable, List

from .syscall import libc

# In the kernel's order: the position is the number.
NAMES: List[str] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
]

DEFAULT: FrozenSet[str] = frozenset(
    [
        "CHOWN",
        "DAC_OVERRIDE",
        "FSETID",
        "FOWNER",
        "MKNOD",
        "NET_RAW",
        "SETGID",
        "SETUID",
        "SETFCAP",
        "SETPCAP",
        "NET_BIND_SERVICE",
        "SYS_CHROOT",
        "KILL",
        "AUDIT_WRITE",
    ]
)
"""What Docker leaves a container."""

_PR_CAPBSET_READ = 23
_PR_CAPBSET_DROP = 24
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_VERSION_3 = 0x20080522


def bound(keep: Iterable[str]) -> None:
    """Drop every capability but these from the bounding set, unknown newer ones of the kernel too."""
    kept = {NAMES.index(name) for name in keep}
    number = 0
    while _is_known(number):
        if number not in kept:
            libc("prctl", _PR_CAPBSET_DROP, number, 0, 0, 0, path="drop capability")
        number += 1


def limit(keep: Iterable[str]) -> None:
    """Hold just these as permitted and effective, and nothing that an exec could inherit."""
    libc("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0, path="clear ambient capabilities")
    mask = sum(1 << NAMES.index(name) for name in keep)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    header = struct.pack("=Ii", _VERSION_3, 0)
    libc("capset", header, struct.pack("=6I", low, low, 0, high, high, 0), path="set capabilities")


def _is_known(number: int) -> bool:
    try:
        libc("prctl", _PR_CAPBSET_READ, number, 0, 0, 0)
    except OSError:
        return False
    return True
