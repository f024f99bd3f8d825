# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a container from what the store keeps of it, as its unit's main process, with no task that says how.

Its rootfs is mounted, its network made, and only then is its command executed. systemd is told of the init before that
too, so that however soon the command ends, systemd knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List, Optional, Tuple

from .._container import handover, replay, settings
from .._container.etcfiles import etc_files
from .._container.observe import host_resolv, names_of
from .._container.record import living_pid
from .._container.running import launch, settle_files
from .._container.settings import Settings
from .._container.unit import JOURNALD
from .._core.errors import ContainersError, os_error_text, step
from .._core.room import Room, run_room
from .._core.store import Store
from .._nat.room import ROOM as NAT
from .._rootfs.again import options_again
from .._rootfs.room import ROOM as ROOTFS
from .._veth.room import ROOM as VETH
from .words import say

if TYPE_CHECKING:
    from .._sys.host import Host

_LOOKS = 500


def start(host: Host, store: Store, name: str, group: Optional[str]) -> None:
    """Start it, in the cgroup if one is given, and tell a task that waits how that went. Raises ContainersError."""
    by_task = handover.is_announced(host, store, name)
    try:
        with step(f"start container {name}"):
            _start(host, store, name, group, by_task)
    except ContainersError as error:
        inner = error.__cause__
        told = inner if isinstance(inner, ContainersError) else error
        handover.tell(host, store, name, told)
        raise
    handover.tell(host, store, name, None)


def _start(host: Host, store: Store, name: str, group: Optional[str], by_task: bool) -> None:
    """The task holds the locks already, and has seen that the rootfs is mounted."""
    kept = settings.load(host.files, store, name)
    if kept is None:
        raise ContainersError(f"there is no such container in {store.root}", "Disable and remove its unit")
    if not by_task:
        for done in run_room(ROOTFS, options_again(host, store, kept.rootfs), host, check_mode=False)["ops"]:
            say(done)
    with host.locks.hold(store, () if by_task else (f"container {name}", f"rootfs {kept.rootfs}")):
        pid = living_pid(host, store, name)
        if pid is not None:
            raise ContainersError(f"it runs already, outside of its unit (pid {pid})", "Stop it with ns_container")
        settle_files(host, store, name, kept, etc_files(kept, host_resolv(host)))
        launch(host, store, name, kept, lambda pid: _before_command(host, store, name, kept, pid, by_task), group)


def _before_command(host: Host, store: Store, name: str, kept: Settings, pid: int, by_task: bool) -> None:
    if "network" in kept.namespaces:
        _connect(host, store, name, by_task)
    _wait_for_systemd(host, pid)
    log = "the journal" if kept.log_driver == JOURNALD else names_of(store, name)["log"]
    say(f"container {name} is pid {pid}; what it writes goes to {log}")
    host.systemd.notify(f"MAINPID={pid}\nREADY=1\nSTATUS=Output in {log}")


def _connect(host: Host, store: Store, name: str, by_task: bool) -> None:
    """Links first, as rules name them. To a task, which may be about to change them, a failure is none of the start."""
    failures: List[str] = []
    rules = replay.load(host, store, name, replay.RULES)
    todo: List[Tuple[Room[Any, Any], replay.Options]]
    todo = [(VETH, options) for options in replay.load_links(host, store, name)]
    todo += [] if rules is None else [(NAT, rules)]
    for room, options in todo:
        try:
            for done in run_room(room, options, host, check_mode=False)["ops"]:
                say(done)
        except (ContainersError, OSError) as error:
            if not by_task:
                raise
            failures.append(os_error_text(error) if isinstance(error, OSError) else str(error))
    for failure in failures:
        say(f"not connected: {failure}")


def _wait_for_systemd(host: Host, pid: int) -> None:
    """Until the init is a child of PID 1: only then systemd will learn how it ends."""
    for _look in range(_LOOKS):
        if host.processes.parent(pid) in (None, 1):
            return
        host.systemd.settle()
