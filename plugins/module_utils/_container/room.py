# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The room of containers: a process in namespaces of its own on a mounted rootfs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

from .._core.room import Room
from .awaiting import await_wanted
from .observe import Found, names_of, observe
from .plan import plan
from .record import living_pid
from .result import result
from .spec import Wanted, spec

if TYPE_CHECKING:
    from .._core.store import Store
    from .._sys.host import Host


def locks(wanted: Wanted) -> Sequence[str]:
    """A start needs the rootfs to stay as it is meanwhile."""
    own = f"container {wanted.name}"
    return (own, f"rootfs {wanted.rootfs}") if wanted.state == "started" else (own,)


def upkeep(host: Host, wanted: Wanted) -> None:
    keep_up(host, wanted.store, wanted.name)


def keep_up(host: Host, store: Store, name: str) -> None:
    """See to the account of a container, if it lives.

    The kernel appends a record to it for each process that ends. That of the former run is still there if the run that
    started this one was killed just then.
    """
    if living_pid(host, store, name) is not None:
        paths = names_of(store, name)
        host.accounting.trim(paths["accounting"])
        host.files.remove(paths["former accounting"])


ROOM: Room[Wanted, Found] = Room(
    spec=spec, observe=observe, plan=plan, result=result, locks=locks, upkeep=upkeep, awaited=await_wanted
)
