# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A nursery: the process that inits are forked from, one after the other.

A fork of the module is dear: it is big, and whatever it touches afterwards has to be copied, with every fork anew. So
it forks once, or has an ``ancestor`` do that, and the copy does nothing but fork inits, each with all of its namespaces
in one clone3(2). When the nursery ends, they become children of the host's PID 1, and nobody of ours stays behind.
What an init does is in ``inside``.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Callable, NoReturn, Optional

from .._core.errors import ContainersError, step
from .channel import Channel, GoneError
from .forked import leave_module_behind, tell_and_end
from .launch import Launch
from .namespaces import FLAGS
from .syscall import CLONE3, syscall

if TYPE_CHECKING:
    from .ancestor import Ancestor

BeInit = Callable[[Launch, Channel, int], NoReturn]

_LATER = "cgroup"
"""The kind of namespace that depends on the cgroup a process is in: the init makes it when it is where it belongs."""
_CLONE_ARGUMENTS = struct.Struct("=8Q")


class Nursery:
    """Seen from the process that made it, and that alone may use it. It ends with that process, or with ``close``."""

    def __init__(self, be_init: BeInit, ancestor: Optional[Ancestor] = None) -> None:
        self._channel, theirs = Channel.pair()
        self._owner = os.getpid()
        self._pid: Optional[int] = None
        """None of one that isn't this process's child."""
        if ancestor is None or not ancestor.beget(theirs):
            self._pid = os.fork()
        if self._pid == 0:
            self._channel.close()
            live(theirs, be_init)
        theirs.close()

    def is_ours(self) -> bool:
        """Whether this process made it, and not one that this is a copy of."""
        return self._owner == os.getpid()

    def bear(self, launch: Launch, channel: Channel, log: int) -> int:
        """Fork an init, which gets the channel and its log; its pid."""
        with step("make its namespaces"), open(os.memfd_create("launch"), "w+b") as file:
            pickle.dump(launch, file)
            file.flush()
            flags = sum(FLAGS[kind] for kind in launch.namespaces if kind != _LATER)
            try:
                self._channel.send(str(flags).encode())
                for descriptor in (file.fileno(), channel.fileno(), log):
                    self._channel.send_descriptor(descriptor)
                return int(self._channel.receive())
            except GoneError:
                raise ContainersError("the process that makes them has ended", "Is the host short of memory?") from None

    def close(self) -> None:
        """Returns when it has ended; of an ancestor's, that is seen by whoever waits for the ancestor."""
        self._channel.close()
        if self._pid is not None:
            os.waitpid(self._pid, 0)


def live(channel: Channel, be_init: BeInit) -> NoReturn:
    """The whole life of a nursery. It is a copy of the module or an ancestor, and must never go on as a second one."""
    try:
        shut_out_signals()
        gc.disable()
        with suppress(GoneError):
            while True:
                _bear_one(channel, be_init)
    finally:
        os._exit(0)


def shut_out_signals() -> None:
    """Leave interruptions to the module, and the ends of inits, which nobody here waits for, to the kernel."""
    leave_module_behind()
    signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def _bear_one(channel: Channel, be_init: BeInit) -> None:
    flags = int(channel.receive())
    launch, line, log = [channel.receive_descriptor() for _each in range(3)]
    try:
        pid = _clone(flags)
        if pid == 0:
            _begin(channel, launch, line, log, be_init)
        channel.send(str(pid).encode())
    except OSError as error:
        channel.send_refusal(ContainersError(os.strerror(error.errno or 0)))
    finally:
        for descriptor in (launch, line, log):
            os.close(descriptor)


def _clone(flags: int) -> int:
    """Fork with new namespaces. Unlike os.fork it prepares nothing for the threads that none of these processes has."""
    arguments = _CLONE_ARGUMENTS.pack(flags, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
    return syscall(CLONE3, arguments, len(arguments), path="clone3")


def _begin(nursery: Channel, launch: int, line: int, log: int, be_init: BeInit) -> NoReturn:
    """In the new process: from here on it is an init, and never goes on as a second nursery."""
    try:
        nursery.close()
        channel = Channel.of(line)
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            with open(launch, "rb") as file:
                file.seek(0)
                wanted = pickle.load(file)
        except BaseException as error:
            tell_and_end(channel, error)
        be_init(wanted, channel, log)
    finally:
        os._exit(1)
