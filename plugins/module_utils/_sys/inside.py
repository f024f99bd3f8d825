# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the forked processes do until the command is executed: the container's side of a start.

Between fork and exec this is a copy of the module process. It imports nothing any more (the way to
is closed before the root changes), never returns and never raises: it says what failed and ends.
"""

from __future__ import annotations

import locale
import os
import resource
import signal
from contextlib import suppress
from typing import List, NoReturn

from .._core.errors import ContainersError, step
from .channel import Channel, GoneError
from .detached import DEVICES, takes_sys_of_host
from .execution import Program, close_on_exec, execute, give_up_rights, settle
from .furnish import Trees, furnish
from .launch import Launch
from .loopback import set_up as set_loopback_up
from .namespaces import FLAGS, set_hostname, unshare
from .reaper import serve_as_init
from .syscall import libc

_PR_SET_DUMPABLE = 4
_LAST_SIGNAL = 64


def become_parent(launch: Launch, channel: Channel, log: int) -> NoReturn:
    """The first process: make the namespaces, fork the init, tell its pid, end."""
    try:
        _leave_module_behind()
        _raise_limits(launch)
        flags = {kind: FLAGS[kind] for kind in launch.namespaces}
        with step("make a user namespace"):
            unshare(flags.pop("user", 0))
        channel.send(str(os.getpid()).encode())
        received = _received_trees(launch, channel)
        with step("become root of its user namespace"):
            _become_root()
        with step("make its namespaces"):
            unshare(sum(flags.values()))
        init = os.fork()
        if init == 0:
            _become_init(launch, channel, log, received)
        channel.send(str(init).encode())
    except BaseException as error:  # whatever it is, this copy of the module may not go on as a second one
        _tell(channel, error)
    os._exit(0)


def _become_init(launch: Launch, channel: Channel, log: int, received: Trees) -> NoReturn:
    try:
        channel.receive()  # the module has been told our pid: what we say comes after that
        os.setsid()
        if launch.hostname is not None:
            with step("set its host name"):
                set_hostname(launch.hostname)
        if "network" in launch.namespaces:
            with step("set its loopback interface up"):
                set_loopback_up()
        furnish(launch, received)
        program = settle(launch, log)
        channel.send(b"ready")
        channel.receive()
        _run(launch, program, channel)
    except BaseException as error:
        _tell(channel, error)


def _run(launch: Launch, program: Program, channel: Channel) -> NoReturn:
    close_on_exec()
    give_up_rights(launch)
    if launch.init:
        serve_as_init(lambda: _execute_or_tell(launch, program, channel))
    execute(launch, program)


def _execute_or_tell(launch: Launch, program: Program, channel: Channel) -> NoReturn:
    try:
        execute(launch, program)
    except BaseException as error:
        _tell(channel, error)


def _tell(channel: Channel, error: BaseException) -> NoReturn:
    """Say what failed and end. Where the module is gone nobody is left to be told."""
    try:
        if not isinstance(error, ContainersError):
            error = ContainersError(f"{type(error).__name__}: {error}")
        with suppress(GoneError):
            channel.send_refusal(error)
    finally:
        os._exit(1)


def _leave_module_behind() -> None:
    """Be a process of its own: not to be inspected, no signal handled or blocked, messages untranslated."""
    libc("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0, path="prctl")
    for number in range(1, _LAST_SIGNAL + 1):
        with suppress(OSError, ValueError):  # SIGKILL, SIGSTOP and those libc keeps for itself
            if signal.getsignal(number) != signal.SIG_DFL:
                signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    locale.setlocale(locale.LC_ALL, "C")


def _raise_limits(launch: Launch) -> None:
    """Only the host's root may raise a hard limit, so it is done before the user namespace; the rest later."""
    for limit in launch.limits:
        number = getattr(resource, f"RLIMIT_{limit.name}")
        soft, hard = resource.getrlimit(number)
        if hard != resource.RLIM_INFINITY and (limit.hard == resource.RLIM_INFINITY or limit.hard > hard):
            with step(f"raise its limit {limit.name.lower()} to {limit.hard}"):
                _set_limit(number, soft, limit.hard)


def _set_limit(number: int, soft: int, hard: int) -> None:
    try:
        resource.setrlimit(number, (soft, hard))
    except ValueError as error:  # Python's word for EPERM
        raise ContainersError(str(error), "The module itself lacks the right to: see its own limits") from error


def _received_trees(launch: Launch, channel: Channel) -> Trees:
    """The detached mounts in the order that ``detached.trees`` makes them."""
    root = channel.receive_descriptor()
    devices = {name: channel.receive_descriptor() for name in DEVICES}
    sys = channel.receive_descriptor() if takes_sys_of_host(launch) else None
    nodes = channel.receive_descriptor() if launch.devices else None
    mounts: List[int] = [channel.receive_descriptor() for _bind in launch.mounts]
    return Trees(root, devices, sys, nodes, tuple(mounts))


def _become_root() -> None:
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
