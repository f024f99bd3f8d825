# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes as /proc shows them, and signals to them that can't hit another of the same pid."""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress
from functools import cached_property
from typing import Iterable, Optional, Set

DEATH_SECONDS = 10.0
"""How long a killed process may take to end."""

_STATE_FIELD = 0
_PARENT_FIELD = 1
_START_TIME_FIELD = 19
_DEAD = (b"Z", b"X")


class Processes:
    """The machine's processes. Pids are those of our own pid namespace."""

    def boot_id(self) -> str:
        """The kernel's id of this boot."""
        return self._boot_id

    @cached_property
    def _boot_id(self) -> str:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()

    @cached_property
    def _booted(self) -> int:
        """Seconds since the epoch."""
        with open("/proc/stat", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("btime "))

    def start_time(self, pid: int) -> Optional[int]:
        """When the process began, in clock ticks since boot; None if it is gone or a zombie."""
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[_STATE_FIELD] in _DEAD else int(fields[_START_TIME_FIELD])

    def running_of(self, names: Iterable[str]) -> Set[str]:
        """Those of the program names that a process here has."""
        wanted, found = set(names), set()
        for pid in filter(str.isdecimal, os.listdir("/proc")):
            with suppress(OSError), open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
                found.add(file.read().rstrip("\n"))
        return wanted & found

    def wall_clock(self, start_time: int) -> float:
        """A start time as seconds since the epoch."""
        return self._booted + start_time / os.sysconf("SC_CLK_TCK")

    def parent(self, pid: int) -> Optional[int]:
        """The pid of its parent; None if it is gone."""
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                return int(file.read().rpartition(b")")[2].split()[_PARENT_FIELD])
        except (FileNotFoundError, ProcessLookupError):
            return None

    def open(self, pid: int, start_time: int) -> Optional[int]:
        """A pidfd of just that process; None if it is gone or the pid is another's by now."""
        with suppress(ProcessLookupError):
            descriptor = os.pidfd_open(pid)
            if self.start_time(pid) == start_time:
                return descriptor
            os.close(descriptor)
        return None

    def ends(self, pid: int, start_time: int, seconds: float) -> bool:
        """Whether just that process is gone, at the latest in so many seconds."""
        pidfd = self.open(pid, start_time)
        if pidfd is None:
            return True
        try:
            return self.wait(pidfd, seconds)
        finally:
            os.close(pidfd)

    def end(self, pid: int, start_time: int, number: int, seconds: float) -> bool:
        """Send the signal to just that process and, if it lives so many seconds later, kill it. Whether it is gone."""
        pidfd = self.open(pid, start_time)
        if pidfd is None:
            return True
        try:
            self.signal(pidfd, number)
            if self.wait(pidfd, seconds):
                return True
            self.signal(pidfd, signal.SIGKILL)
            return self.wait(pidfd, DEATH_SECONDS)
        finally:
            os.close(pidfd)

    def signal(self, pidfd: int, number: int) -> None:
        """Send the signal; a process that has ended meanwhile is no error."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(pidfd, number)

    def set_oom_score_adj(self, pid: int, value: int) -> None:
        """How much rather than others the process is killed when memory runs out."""
        with open(f"/proc/{pid}/oom_score_adj", "w", encoding="ascii") as file:
            file.write(str(value))

    def wait(self, pidfd: int, seconds: float) -> bool:
        """Whether the process ended within so many seconds."""
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
