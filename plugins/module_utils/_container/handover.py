# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The handover of a start: a task has systemd run the runtime, which starts the container and tells how it went.

While the task waits it holds the container's locks. The runtime takes none then, as it works for the task; nobody
else's start would find the task's announcement, because that says which living process it is from.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Optional

from .._core.errors import ContainersError
from .._core.store import Store, read_record, write_record

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class _Task:
    boot_id: str
    pid: int
    start_time: int


@dataclass(frozen=True)
class Verdict:
    """How a start went; without an error it went well."""

    error: Optional[str] = None
    hint: Optional[str] = None


def task_path(store: Store, name: str) -> str:
    return f"{store.run}/containers/{name}.task"


def verdict_path(store: Store, name: str) -> str:
    return f"{store.run}/containers/{name}.verdict"


def announce(host: Host, store: Store, name: str) -> None:
    """As a task: say that the next start is ours, and forget how the last one went."""
    host.files.remove(verdict_path(store, name))
    pid = os.getpid()
    task = {"boot_id": host.processes.boot_id(), "pid": pid, "start_time": host.processes.start_time(pid)}
    write_record(host.files, task_path(store, name), task)


def conclude(host: Host, store: Store, name: str) -> None:
    """As a task: wait no longer."""
    host.files.remove(task_path(store, name))


def is_announced(host: Host, store: Store, name: str) -> bool:
    """As the runtime: whether a living task waits for this start."""
    task = read_record(host.files, task_path(store, name), _task)
    if task is None or task.boot_id != host.processes.boot_id():
        return False
    return host.processes.start_time(task.pid) == task.start_time


def tell(host: Host, store: Store, name: str, error: Optional[ContainersError]) -> None:
    """As the runtime: how the start went."""
    verdict = {"error": error.message if error else None, "hint": error.hint if error else None}
    write_record(host.files, verdict_path(store, name), verdict)


def told(host: Host, store: Store, name: str) -> Optional[Verdict]:
    """How it went; None while that isn't told yet."""
    return read_record(host.files, verdict_path(store, name), lambda record: Verdict(record["error"], record["hint"]))


def _task(record: Dict[str, Any]) -> _Task:
    return _Task(record["boot_id"], int(record["pid"]), int(record["start_time"]))
