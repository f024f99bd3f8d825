# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the processes of a container use, counted from its own /proc: for containers that no cgroup counts for."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import List

from .safepath import open_no_links

_LINE_MAX = 4096
_USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM = 10, 11, 12, 13
_THREADS, _RESIDENT = 16, 20
"""Numbers of /proc/<pid>/stat behind name and state."""


@dataclass(frozen=True)
class Usage:
    """``memory`` is resident memory in bytes; what processes share is counted for each of them."""

    processes: int
    memory: int
    cpu_seconds: float


class Usages:
    """See the file's first line."""

    def of(self, pid: int) -> Usage:
        """Of the container with that init. Raises OSError where that is gone."""
        root = os.open(f"/proc/{pid}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            proc = open_no_links(root, "proc", os.O_RDONLY | os.O_DIRECTORY)
        finally:
            os.close(root)
        try:
            return _sum([_stat(proc, name) for name in os.listdir(proc) if name.isdecimal()])
        finally:
            os.close(proc)


def _stat(proc: int, name: str) -> List[int]:
    """The numbers behind name and state; none of a process that is gone, or of what a container put in its place."""
    with suppress(OSError, ValueError):
        descriptor = open_no_links(proc, f"{name}/stat", os.O_RDONLY | os.O_NONBLOCK)
        try:
            fields = os.read(descriptor, _LINE_MAX).rpartition(b")")[2].split()
            return [int(field) for field in fields[1:]]
        finally:
            os.close(descriptor)
    return []


def _sum(processes: List[List[int]]) -> Usage:
    """Threads count as processes, as a limit of processes counts them."""
    whole = [fields for fields in processes if len(fields) > _RESIDENT]
    times = (_USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM)
    ticks = sum(fields[number] for fields in whole for number in times)
    return Usage(
        processes=sum(fields[_THREADS] for fields in whole),
        memory=sum(fields[_RESIDENT] for fields in whole) * os.sysconf("SC_PAGE_SIZE"),
        cpu_seconds=ticks / os.sysconf("SC_CLK_TCK"),
    )
