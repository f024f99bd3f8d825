# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an init does until the command is executed: the container's side of a start.

Between ``nursery`` and exec this is a copy of the module process. It imports nothing any more (the way to
is closed before the root changes), never returns and never raises: it says what failed and ends.
"""

from __future__ import annotations

import os
from typing import List, NoReturn

from .._core.errors import step
from .channel import Channel
from .detached import DEVICES, takes_sys_of_host
from .execution import Program, close_on_exec, execute, give_up_rights, settle
from .forked import become_root, tell_and_end
from .furnish import Trees, furnish
from .launch import Identity, Launch
from .loopback import set_up as set_loopback_up
from .namespaces import FLAGS, set_hostname, unshare
from .reaper import serve_as_init


def become_init(launch: Launch, channel: Channel, log: int) -> NoReturn:
    """The init, in its namespaces: set itself up, and execute the command when the module says so."""
    try:
        channel.receive()  # the module has given what only the host can; what is said comes after that
        received = _received_trees(launch, channel)
        with step("become root of its user namespace"):
            become_root()
        if "cgroup" in launch.namespaces:
            with step("make its cgroup namespace"):
                unshare(FLAGS["cgroup"])
        os.setsid()
        if launch.hostname is not None:
            with step("set its host name"):
                set_hostname(launch.hostname)
        if "network" in launch.namespaces:
            with step("set its loopback interface up"):
                set_loopback_up()
        furnish(launch, received)
        with step("open its streams"):
            _set_streams(launch, log)
        program = settle(launch)
        channel.send(b"ready")
        channel.receive()
        _run(launch, program, channel)
    except BaseException as error:
        tell_and_end(channel, error)


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
        tell_and_end(channel, error)


def _set_streams(launch: Launch, log: int) -> None:
    if launch.interactive:
        os.dup2(_endless_input(launch.identity), 0)
    else:
        os.dup2(os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _endless_input(identity: Identity) -> int:
    """A pipe that never comes to its end, because whoever reads it holds its other end too."""
    reading, _writing = os.pipe()
    both = os.open(f"/proc/self/fd/{reading}", os.O_RDWR | os.O_CLOEXEC)
    os.fchown(both, identity.uid, identity.gid)
    return both


def _received_trees(launch: Launch, channel: Channel) -> Trees:
    """The detached mounts in the order that ``detached.trees`` makes them."""
    root = channel.receive_descriptor()
    devices = {name: channel.receive_descriptor() for name in DEVICES}
    sys = channel.receive_descriptor() if takes_sys_of_host(launch) else None
    nodes = channel.receive_descriptor() if launch.devices else None
    mounts: List[int] = [channel.receive_descriptor() for _bind in launch.mounts]
    return Trees(root, devices, sys, nodes, tuple(mounts))
