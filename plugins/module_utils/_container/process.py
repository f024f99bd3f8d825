# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What any process of a container is given, its init and every one that enters later. Pure.

It is apart from ``running``, as the connection plugin sends it with every command and has no use for the rest.
"""

from __future__ import annotations

from typing import Optional, Tuple

from .._core.errors import ContainersError
from .._sys.launch import Identity, Label, Limit, Process
from .account import outside
from .settings import Pairs, Settings


def process_of(wanted: Settings, system_calls: Optional[bytes]) -> Process:
    """What any process of the container gets; ``system_calls`` is the compiled filter of what it may call."""
    account = wanted.account
    return Process(
        argv=wanted.command,
        env=_environment(wanted),
        working_dir=wanted.working_dir,
        identity=Identity(account.uid, account.gid, account.groups),
        capabilities=wanted.capabilities,
        limits=tuple(Limit(limit.name.upper(), limit.soft, limit.hard) for limit in wanted.ulimits),
        oom_score_adj=wanted.oom_score_adj,
        label=_label(wanted),
        system_calls=system_calls,
    )


def host_owner(wanted: Settings) -> Tuple[int, int]:
    """Uid and gid on the host of whom the command runs as."""
    account = wanted.account
    return host_id(wanted.uid_map, account.uid), host_id(wanted.gid_map, account.gid)


def _label(wanted: Settings) -> Optional[Label]:
    if wanted.apparmor_profile is not None:
        return Label("apparmor/exec", f"exec {wanted.apparmor_profile}")
    return None if wanted.selinux_label is None else Label("exec", wanted.selinux_label)


def _environment(wanted: Settings) -> Pairs:
    own = {"HOME": wanted.account.home, "HOSTNAME": wanted.hostname}
    return tuple({**own, **dict(wanted.env)}.items())


def host_id(id_map: str, number: int) -> int:
    """The id on the host of a container's id."""
    found = outside(id_map, number)
    if found is None:
        raise ContainersError(f"id {number} isn't mapped")
    return found
