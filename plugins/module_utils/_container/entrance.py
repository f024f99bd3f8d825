# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command gets that enters a running container: what its init got, but for what is asked otherwise.

The front door for whoever runs commands in containers; how one gets in is in ``_sys.entering``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Optional, Tuple

from .._core.errors import ContainersError, step
from .._core.store import Store
from .._sys.entering import Entry
from . import record, settings
from .account import ACCOUNTS_MAX, find_account, refuse_unmapped, without_unmapped
from .call_filter import compiled_filter
from .process import host_owner, process_of
from .record import LiveRecord
from .settings import Account, Pairs, Settings

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class Command:
    """What is asked for. None is what the container's own command has."""

    argv: Tuple[str, ...]
    env: Pairs = ()
    """Besides the container's own."""
    user: Optional[str] = None
    working_dir: Optional[str] = None


def entry(host: Host, store: Store, name: str, command: Command) -> Optional[Entry]:
    """How to run the command in the container; None where that doesn't run.

    Raises ContainersError where this container can't run it.
    """
    live = record.living(host, store, name)
    kept = settings.load(host.files, store, name)
    if live is None or kept is None:
        return None
    _refuse_exposed(kept)
    account = kept.account if command.user is None else _account(host, live, kept, command.user)
    env = {**dict(kept.env), **dict(command.env)}
    as_asked = replace(
        kept,
        command=command.argv,
        account=account,
        env=tuple(env.items()),
        working_dir=command.working_dir or kept.working_dir,
    )
    return Entry(
        live.pid, live.start_time, process_of(as_asked, compiled_filter(host, store, kept)), host_owner(as_asked)
    )


def root_of(pid: int) -> str:
    """The container's root with all that is mounted below, as a path of the host; ``pid`` is its init's."""
    return f"/proc/{pid}/root"


def _account(host: Host, live: LiveRecord, kept: Settings, user: str) -> Account:
    with step(f"read the users of rootfs {kept.rootfs}"):
        passwd = host.container_files.read_in_rootfs(root_of(live.pid), "etc/passwd", ACCOUNTS_MAX)
        group = host.container_files.read_in_rootfs(root_of(live.pid), "etc/group", ACCOUNTS_MAX)
    account = without_unmapped(find_account(user, passwd, group), kept.gid_map)
    refuse_unmapped(account, kept.uid_map, kept.gid_map, kept.rootfs)
    return account


def _refuse_exposed(kept: Settings) -> None:
    if not kept.uid_map and "SYS_PTRACE" in kept.capabilities:
        raise ContainersError(
            "a container with capability SYS_PTRACE and no user namespace can't be entered",
            "It could reach for the host's Python, which enters it. Mount its rootfs with userns: auto",
        )
