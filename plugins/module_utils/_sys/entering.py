# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enter a running container with a command, seen from the host: the one way in.

Which process is entered is settled by its pidfd, after its start time was compared; another of the same pid is never
entered. Two processes are forked. The first, the guard, joins the namespaces (``entered``) and forks the second in
there, which becomes the command; the guard waits for it and tells how it ended. If the module goes away, or has no more
patience, the guard ends the command. A command that is to go on by itself has no guard; the host's PID 1 reaps it.
"""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from io import FileIO
from typing import Optional, Tuple

from .._core.errors import ContainersError, step
from . import entered
from .cgroups import Cgroups
from .channel import Channel, GoneError
from .conversation import converse
from .entered import Visit
from .exitcodes import exit_code
from .launch import Process
from .living import gone, living
from .namespaces import FLAGS, Namespaces
from .processes import DEATH_SECONDS, Processes


@dataclass(frozen=True)
class Entry:
    """Whom to enter, and what with."""

    pid: int
    start_time: int
    """Of the container's init; see ``Processes.start_time``."""
    process: Process
    owner: Tuple[int, int]
    """Uid and gid on the host of the command's pipes, so that it may open /dev/stdout anew."""


@dataclass(frozen=True)
class Ended:
    """How a command went. One that a signal ended has the signal's number and 128 as its code."""

    code: int
    output: bytes
    errors: bytes
    timed_out: bool = False


class Entering:
    """Runs commands in containers."""

    def __init__(self, processes: Processes, namespaces: Namespaces, cgroups: Cgroups) -> None:
        self._processes = processes
        self._namespaces = namespaces
        self._cgroups = cgroups

    def run(self, entry: Entry, given: Optional[bytes] = None, seconds: Optional[float] = None) -> Ended:
        """Run the command to its end, or kill it with its process group when the seconds are over.

        ``given`` is its standard input; None for none. Raises NotExecutedError where it can't be executed.
        """
        with ExitStack() as held:
            theirs, feeding = _input(entry, given, held)
            output, writing = _output(entry, held)
            errors, writing_errors = _output(entry, held)
            guard, channel = self._fork_guard(entry, (theirs, writing, writing_errors), False, held)
            guarded = os.pidfd_open(guard)
            held.callback(os.close, guarded)
            try:
                self._let_go(entry, channel)
                said = converse(guarded, feeding, given or b"", (output, errors), seconds)
            except BaseException:
                self._call_off(guard, guarded)
                raise
            code = exit_code(os.waitpid(guard, 0)[1]) if said.ended else self._call_off(guard, guarded)
            return Ended(code, said.texts[0], said.texts[1], timed_out=not said.ended)

    def start(self, entry: Entry) -> int:
        """Start the command and leave it to the container; its pid, as the host counts.

        It has no input, and its output is thrown away. Raises NotExecutedError where it can't be executed.
        """
        with ExitStack() as held:
            nothing = _nothing(held)
            guard, channel = self._fork_guard(entry, (nothing, nothing, nothing), True, held)
            held.callback(os.waitpid, guard, 0)
            return self._let_go(entry, channel)

    def _fork_guard(
        self, entry: Entry, streams: Tuple[int, int, int], alone: bool, held: ExitStack
    ) -> Tuple[int, Channel]:
        """The guard's pid, and the channel to it and to the command."""
        with living(self._processes, entry.pid, entry.start_time, held) as pidfd:
            kinds = self._namespaces.own(entry.pid)
        visit = Visit(entry.process, pidfd, sum(FLAGS[kind] for kind in kinds), streams, alone, os.getpid())
        ours, theirs = Channel.pair()
        held.callback(ours.close)
        guard = os.fork()
        if guard == 0:
            ours.close()
            entered.become_guard(visit, theirs)
        theirs.close()
        return guard, ours

    def _let_go(self, entry: Entry, channel: Channel) -> int:
        """Give the command what only the host can give it, and let it be executed; returns its pid."""
        try:
            command = int(channel.receive())
            self._join_group(entry, command)
            if entry.process.oom_score_adj is not None:
                self._processes.set_oom_score_adj(command, entry.process.oom_score_adj)
            channel.send(b"go")
        except GoneError:
            raise gone() from None
        with suppress(GoneError):  # the end of the channel, which is closed when the command is executed
            channel.receive()
        return command

    def _join_group(self, entry: Entry, command: int) -> None:
        """Have it be in the cgroup that the container's init is in, with the limits that are set there."""
        group = self._cgroups.of(entry.pid)
        if group is None or not self._cgroups.controllers() or group == self._cgroups.of(command):
            return
        with step(f"put it into cgroup {group}"):
            self._cgroups.enter(group, command)

    def _call_off(self, guard: int, guarded: int) -> int:
        """Have the guard end the command; how that ended."""
        self._processes.signal(guarded, signal.SIGTERM)
        if not self._processes.wait(guarded, DEATH_SECONDS):
            raise ContainersError("it doesn't end after SIGKILL", "The kernel waits for a device or a file server")
        return exit_code(os.waitpid(guard, 0)[1])


def _input(entry: Entry, given: Optional[bytes], held: ExitStack) -> Tuple[int, Optional[FileIO]]:
    """The end for the command, and ours."""
    if given is None:
        return _nothing(held), None
    reading, writing = os.pipe2(os.O_CLOEXEC)
    held.callback(os.close, reading)
    feeding = held.enter_context(FileIO(writing, "wb"))
    os.fchown(reading, *entry.owner)
    return reading, feeding


def _nothing(held: ExitStack) -> int:
    """The host's /dev/null: that of the container is whatever the container has made of it."""
    descriptor = os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC)
    held.callback(os.close, descriptor)
    return descriptor


def _output(entry: Entry, held: ExitStack) -> Tuple[int, int]:
    """Our end, and the one for the command."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    held.callback(os.close, reading)
    held.callback(os.close, writing)
    os.fchown(writing, *entry.owner)
    return reading, writing
