# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take one member down: stop it and keep its files, or remove it whole. Its link and rules aren't its own business."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Mapping

from .._container.room import ROOM as CONTAINER
from .._rootfs.room import ROOM as ROOTFS
from . import options
from .chain import Chain, attempt
from .members import Member
from .outcome import REMOVE, STOP, Outcome
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host


def take_down(host: Host, wanted: Wanted, member: Member, gone: bool, check_mode: bool) -> Outcome:
    """The member stopped or, with ``gone``, removed."""
    chain = Chain(host, check_mode, Outcome(member.name))
    return attempt(chain, lambda: _down(chain, wanted, member, gone))


def stop(host: Host, wanted: Wanted, member: Member) -> Outcome:
    """Only the process ended, where it lives: so that its rootfs can be changed."""
    chain = Chain(host, False, Outcome(member.name))
    asked = options.container(wanted, member, "stopped")
    return attempt(chain, lambda: chain.run("container", CONTAINER, asked))


def _down(chain: Chain, wanted: Wanted, member: Member, gone: bool) -> None:
    outcome = chain.outcome
    shown = chain.run("container", CONTAINER, options.container(wanted, member, "absent" if gone else "stopped"))
    _rootfs(chain, options.rootfs(wanted, member, None, "absent" if gone else "unmounted"))
    if outcome.changed:
        outcome.action = REMOVE if gone else STOP
    status = shown["container"]["status"]
    outcome.shown = {"name": member.name, "status": status, "action": outcome.action, "pid": None}


def _rootfs(chain: Chain, asked: Mapping[str, Any]) -> None:
    wanted, found = chain.look(ROOTFS, asked)
    if chain.check_mode:  # by then nothing runs on it
        others = tuple(user for user in found.users if user.pid != found.container)
        found = replace(found, container=None, users=others)
    chain.take("rootfs", ROOTFS.plan(wanted, found))
