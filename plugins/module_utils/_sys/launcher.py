# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a container's init, seen from the host: the module's side of it.

Two processes are forked. The first leaves the host's namespaces, tells the second's pid and ends,
so that the second, the init, becomes a child of the host's PID 1 and nobody of ours stays behind.
The init sets itself up (``inside``) and then waits; only when its record is written may it execute
the command. If the module dies before that, the init ends by itself.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import ExitStack, contextmanager, suppress
from typing import Callable, Iterator

from .._core.errors import ContainersError, step
from . import inside
from .accounting import Accounting
from .cgroups import Cgroups
from .channel import Channel, GoneError
from .detached import trees
from .launch import Launch
from .namespaces import path_of
from .processes import DEATH_SECONDS, Processes

_KILL = 9
_STDOUT = 1


class Launcher:
    """Starts inits."""

    def __init__(self, processes: Processes, accounting: Accounting, cgroups: Cgroups) -> None:
        self._processes = processes
        self._accounting = accounting
        self._cgroups = cgroups

    def start(self, launch: Launch, ready: Callable[[int], None]) -> None:
        """Start the init. ``ready`` is called with its pid when all but executing the command is done.

        Returns when the command is executed. Raises ContainersError, and then no process is left.
        """
        with ExitStack() as held:
            channel = _fork_parent(launch, held)
            pid = self._accompany_parent(launch, channel)
            with _own_words_first(channel):
                pidfd = os.pidfd_open(pid)
                held.callback(os.close, pidfd)
                held.push(lambda kind, _error, _trace: self._end(pidfd) if kind else None)
                self._prepare(launch, pid)
            _let_go(channel, pid, ready)

    def _accompany_parent(self, launch: Launch, channel: Channel) -> int:
        """Give the first process what only the host can give it; returns the init's pid."""
        try:
            parent = int(channel.receive())
            if launch.group is not None:
                with step(f"put it into cgroup {launch.group}"):
                    self._cgroups.enter(launch.group, parent)
            if launch.uid_map:
                with step("write the maps of its user namespace"):
                    _write(f"/proc/{parent}/uid_map", launch.uid_map)
                    _write(f"/proc/{parent}/gid_map", launch.gid_map)
            with ExitStack() as opened:
                for tree in trees(launch, path_of(parent, "user"), opened):
                    channel.send_descriptor(tree)
            init = int(channel.receive())
            channel.send(b"begin")
            return init
        except GoneError:
            raise ContainersError("its first process ended unexpectedly") from None

    def _prepare(self, launch: Launch, pid: int) -> None:
        """What only the host may do, while the init sets itself up."""
        with step("keep account of its exit code"):
            self._accounting.begin(pid, launch.accounting)
        if launch.oom_score_adj is not None:
            with step(f"set oom_score_adj to {launch.oom_score_adj}"):
                self._processes.set_oom_score_adj(pid, launch.oom_score_adj)

    def _end(self, pidfd: int) -> None:
        self._processes.signal(pidfd, _KILL)
        self._processes.wait(pidfd, DEATH_SECONDS)


@contextmanager
def _own_words_first(channel: Channel) -> Iterator[None]:
    """Where something fails because the init has ended, what the init said of it is what counts."""
    try:
        yield
    except (ContainersError, OSError):
        with suppress(GoneError):
            channel.receive()
        raise


def _let_go(channel: Channel, pid: int, ready: Callable[[int], None]) -> None:
    """Wait for the init to be set up, and let it execute the command."""
    try:
        channel.receive()
        ready(pid)
        channel.send(b"go")
    except GoneError:
        raise ContainersError("its init ended before it could execute the command") from None
    with suppress(GoneError):
        channel.receive()


def _fork_parent(launch: Launch, held: ExitStack) -> Channel:
    """Fork the first process. At the end of ``held`` it is gone, and the init too if it wasn't let go."""
    log = _open_log(launch)
    held.callback(os.close, log)
    ours, theirs = Channel.pair()
    held.callback(ours.close)
    parent = os.fork()
    if parent == 0:
        ours.close()
        inside.become_parent(launch, theirs, log)
    theirs.close()
    held.callback(os.waitpid, parent, 0)
    held.push(lambda kind, _error, _trace: ours.hang_up() if kind else None)
    return ours


def _open_log(launch: Launch) -> int:
    if launch.log is None:
        return fcntl.fcntl(_STDOUT, fcntl.F_DUPFD_CLOEXEC, _STDOUT)
    with step("open its log"):
        log = os.open(launch.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with step("give its log to whom the command runs as"):
            os.fchown(log, *launch.log_owner)
    except BaseException:
        os.close(log)
        raise
    return log


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
