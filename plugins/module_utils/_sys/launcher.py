# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a container's init, seen from the host: the module's side of it.

The init is forked by a ``nursery``, which has ended when the init may go on, so that it is a child of the host's PID 1;
where many are started, it ends after the last of them. The init sets itself up (``inside``) and then waits; only when
its record is written may it execute the command. If the module dies before that, the init ends by itself.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import ExitStack, contextmanager, suppress
from typing import Callable, Iterator, Optional, Tuple

from .._core.errors import ContainersError, step
from .accounting import Accounting
from .ancestor import Ancestor
from .cgroups import Cgroups
from .channel import Channel, GoneError
from .detached import trees
from .forked import raise_limits
from .inside import become_init
from .launch import Launch
from .namespaces import path_of
from .nursery import Nursery
from .processes import DEATH_SECONDS, Processes

_KILL = 9
_STDOUT = 1
_WORTH_AN_ANCESTOR = 12
"""It takes as long to be ready as it spares in so many starts."""


class Launcher:
    """Starts inits."""

    def __init__(self, processes: Processes, accounting: Accounting, cgroups: Cgroups) -> None:
        self._processes = processes
        self._accounting = accounting
        self._cgroups = cgroups
        self._keeps = False
        self._kept: Optional[Nursery] = None
        self._ancestor: Optional[Ancestor] = None

    @contextmanager
    def many(self, expected: int) -> Iterator[None]:
        """Starts in the block, and in processes forked in it, share a nursery in each process.

        Where enough are ``expected`` for one to pay, nurseries are copies of an ancestor.
        """
        self._keeps = True
        self._ancestor = Ancestor() if expected >= _WORTH_AN_ANCESTOR else None
        try:
            yield
        finally:
            self._keeps = False
            self._let_nursery_go()
            if self._ancestor is not None:
                self._ancestor.close()
                self._ancestor = None

    def start(self, launch: Launch, ready: Callable[[int], None]) -> None:
        """Start the init. ``ready`` is called with its pid when all but executing the command is done.

        Returns when the command is executed. Raises ContainersError, and then no process is left.
        """
        with ExitStack() as held:
            channel, pid = self._bear(launch, held)
            pidfd = os.pidfd_open(pid)
            held.callback(os.close, pidfd)
            held.push(lambda kind, _error, _trace: self._end(pidfd) if kind else None)
            self._accompany(launch, pid, channel)
            with _own_words_first(channel):
                self._prepare(launch, pid)
            _let_go(channel, pid, ready)

    def _bear(self, launch: Launch, held: ExitStack) -> Tuple[Channel, int]:
        """The channel to a new init, and its pid. At the end of ``held`` it is gone if it wasn't let go."""
        with self._nursery() as nursery:  # is there before the channel, whose end it would hold else
            log = _open_log(launch)
            held.callback(os.close, log)
            ours, theirs = Channel.pair()
            held.callback(ours.close)
            held.push(lambda kind, _error, _trace: ours.hang_up() if kind else None)
            try:
                return ours, nursery.bear(launch, theirs, log)
            finally:
                theirs.close()

    @contextmanager
    def _nursery(self) -> Iterator[Nursery]:
        if self._kept is None or not self._kept.is_ours():
            self._kept = Nursery(become_init, self._ancestor)
        kept = False
        try:
            yield self._kept
            kept = self._keeps
        finally:
            if not kept:
                self._let_nursery_go()

    def _let_nursery_go(self) -> None:
        if self._kept is not None and self._kept.is_ours():
            self._kept.close()
        self._kept = None

    def _accompany(self, launch: Launch, pid: int, channel: Channel) -> None:
        """Give the init what only the host can give it."""
        if launch.group is not None:
            with step(f"put it into cgroup {launch.group}"):
                self._cgroups.enter(launch.group, pid)
        if launch.uid_map:
            with step("write the maps of its user namespace"):
                _write(f"/proc/{pid}/uid_map", launch.uid_map)
                _write(f"/proc/{pid}/gid_map", launch.gid_map)
        try:
            channel.send(b"begin")
            with ExitStack() as opened:
                for tree in trees(launch, path_of(pid, "user"), opened):
                    channel.send_descriptor(tree)
        except GoneError:
            raise ContainersError("its init ended unexpectedly") from None

    def _prepare(self, launch: Launch, pid: int) -> None:
        """What only the host may do, while the init sets itself up."""
        raise_limits(launch, pid)
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
