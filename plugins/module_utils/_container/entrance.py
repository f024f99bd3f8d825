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


@dataclass(frozen=True)
class View:
    """Where a command would find itself: the container's root, as a path of the host, and its working folder."""

    root: str
    working_dir: str


def view(host: Host, store: Store, name: str, command: Command) -> Optional[View]:
    """Whether the container can run the command, and what that would see; None where the container doesn't run.

    Raises ContainersError where this container can't run it. Nothing is changed.
    """
    found = _found(host, store, name, command)
    if found is None:
        return None
    live, as_asked = found
    return View(_root_of(live), as_asked.working_dir)


def entry(host: Host, store: Store, name: str, command: Command) -> Optional[Entry]:
    """How to run the command in the container; None where that doesn't run. Raises as :func:`view` does.

    The filter of its system calls may be compiled for that, and is kept in the store then.
    """
    found = _found(host, store, name, command)
    if found is None:
        return None
    live, as_asked = found
    process = process_of(as_asked, compiled_filter(host, store, as_asked))
    return Entry(live.pid, live.start_time, process, host_owner(as_asked))


def _found(host: Host, store: Store, name: str, command: Command) -> Optional[Tuple[LiveRecord, Settings]]:
    """The living init, and the settings that the command is to have."""
    live = record.living(host, store, name)
    kept = settings.load(host.files, store, name)
    if live is None or kept is None:
        return None
    _refuse_exposed(kept)
    account = kept.account if command.user is None else _account(host, live, kept, command.user)
    as_asked = replace(
        kept,
        command=command.argv,
        account=account,
        env=tuple({**dict(kept.env), **dict(command.env)}.items()),
        working_dir=command.working_dir or kept.working_dir,
    )
    return live, as_asked


def _root_of(live: LiveRecord) -> str:
    """The root with all that is mounted below."""
    return f"/proc/{live.pid}/root"


def _account(host: Host, live: LiveRecord, kept: Settings, user: str) -> Account:
    with step(f"read the users of rootfs {kept.rootfs}"):
        passwd = host.container_files.read_in_rootfs(_root_of(live), "etc/passwd", ACCOUNTS_MAX)
        group = host.container_files.read_in_rootfs(_root_of(live), "etc/group", ACCOUNTS_MAX)
    account = without_unmapped(find_account(user, passwd, group), kept.gid_map)
    refuse_unmapped(account, kept.uid_map, kept.gid_map, kept.rootfs)
    return account


def _refuse_exposed(kept: Settings) -> None:
    if not kept.uid_map and "SYS_PTRACE" in kept.capabilities:
        raise ContainersError(
            "a container with capability SYS_PTRACE and no user namespace can't be entered",
            "It could reach for the host's Python, which enters it. Mount its rootfs with userns: auto",
        )
