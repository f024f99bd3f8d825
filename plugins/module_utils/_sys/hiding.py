# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of /proc and /sys a container doesn't see, or sees without being able to write: Docker's lists."""

from __future__ import annotations

import os
import stat
from typing import Iterator

from . import mountfd
from .mountfd import NODEV, NOEXEC, NOSUID, RDONLY
from .safepath import open_no_links

_MASKED_IN_PROC = (
    "acpi",
    "asound",
    "interrupts",
    "kcore",
    "keys",
    "latency_stats",
    "sched_debug",
    "scsi",
    "timer_list",
    "timer_stats",
)
_MASKED_IN_SYS = ("firmware", "devices/virtual/powercap")
_EMPTY = {"mode": "555", "size": "4k", "nr_inodes": "1"}
_STRICT = NOSUID | NODEV | NOEXEC
_READ_ONLY_IN_PROC = ("bus", "fs", "irq", "sys", "sysrq-trigger")


def hide(proc: int, sys: int) -> None:
    """Cover them. Names are looked up from the mounts themselves, so they are procfs and sysfs for sure."""
    for folder, names in ((proc, _MASKED_IN_PROC), (sys, _MASKED_IN_SYS)):
        for name in names:
            for target in _found(folder, name):
                _mask(target, name)
    for name in _READ_ONLY_IN_PROC:
        for target in _found(proc, name):
            view = mountfd.clone("", target)
            mountfd.restrict(view, RDONLY | _STRICT)
            mountfd.attach(view, target, name)
            os.close(view)


def _found(folder: int, name: str) -> Iterator[int]:
    """A descriptor of the path, closed afterwards; none where this kernel has no such path."""
    try:
        target = open_no_links(folder, name, os.O_PATH)
    except FileNotFoundError:
        return
    try:
        yield target
    finally:
        os.close(target)


def _mask(target: int, name: str) -> None:
    """An empty folder over a folder, /dev/null over a file."""
    is_folder = stat.S_ISDIR(os.fstat(target).st_mode)
    cover = mountfd.create("tmpfs", _EMPTY, _STRICT | RDONLY) if is_folder else mountfd.clone("/dev/null")
    mountfd.attach(cover, target, name)
    os.close(cover)
