# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the forked processes do until a command is executed in a container that runs: the far side of ``entering``.

The guard is in the container's namespaces, but not in its pid namespace, so the container doesn't see it. The command's
process is seen from its beginning; it is a copy of the module till it executes the command, so it can't be inspected,
and nothing of what the module had open or was told is open to it.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import Iterable, NoReturn, Tuple

from .._core.errors import step
from .channel import Channel
from .execution import close_on_exec, execute, give_up_rights, settle, stop_imports
from .exitcodes import exit_code
from .forked import become_root, forbid_inspection, leave_module_behind, raise_limits, tell_and_end
from .launch import Process
from .living import gone
from .namespaces import FLAGS, enter
from .syscall import close_range, end_with_parent


@dataclass(frozen=True)
class Visit:
    """What the guard is forked with."""

    process: Process
    pidfd: int
    """Of the container's init."""
    flags: int
    """Of setns(2): the namespaces of the init that are not the module's."""
    streams: Tuple[int, int, int]
    alone: bool
    """Whether the command goes on by itself when it is executed."""
    module: int
    """The module's pid."""


def become_guard(visit: Visit, channel: Channel) -> NoReturn:
    """Enter, fork the command's process, tell its pid, wait for it, end as it ends."""
    try:
        leave_module_behind()
        raise_limits(visit.process)
        for number, descriptor in enumerate(visit.streams):
            os.dup2(descriptor, number)
        _close_all_but((0, 1, 2, visit.pidfd, channel.fileno()))
        stop_imports()
        with step("enter its namespaces"):
            _enter(visit)
        os.close(visit.pidfd)
        if visit.flags & FLAGS["user"]:
            with step("become root of its user namespace"):
                become_root()
        forbid_inspection()
        command = os.fork()
        if command == 0:
            _become_command(visit.process, channel)
        _guard(visit, command, channel)
    except BaseException as error:  # whatever it is, this copy of the module may not go on as a second one
        tell_and_end(channel, error)


def _enter(visit: Visit) -> None:
    try:
        enter(visit.pidfd, visit.flags, "setns")
    except ProcessLookupError:
        raise gone() from None


def _become_command(process: Process, channel: Channel) -> NoReturn:
    try:
        os.setsid()
        channel.receive()  # the module has given us what only the host can
        program = settle(process)
        close_on_exec()
        give_up_rights(process)
        execute(process, program)
    except BaseException as error:
        tell_and_end(channel, error)


def _guard(visit: Visit, command: int, channel: Channel) -> NoReturn:
    """The command's pid is nobody else's until it is waited for, so it can be ended by its number till then."""

    def end_command(_number: int, _frame: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(command, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.kill(command, signal.SIGKILL)

    if not visit.alone:
        signal.signal(signal.SIGTERM, end_command)
        end_with_parent(signal.SIGTERM)
        if os.getppid() != visit.module:
            end_command(0, None)
    channel.send(str(command).encode())
    _close_all_but(())
    if visit.alone:
        os._exit(0)
    os.waitid(os.P_PID, command, os.WEXITED | os.WNOWAIT)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os._exit(exit_code(os.waitpid(command, 0)[1]))


def _close_all_but(kept: Iterable[int]) -> None:
    first = 0
    for descriptor in sorted(kept):
        if first < descriptor:
            close_range(first, descriptor - 1)
        first = descriptor + 1
    close_range(first)
