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
    from .._sys.host import Host


def locks(wanted: Wanted) -> Sequence[str]:
    """A start needs the rootfs to stay as it is meanwhile."""
    own = f"container {wanted.name}"
    return (own, f"rootfs {wanted.rootfs}") if wanted.state == "started" else (own,)


def upkeep(host: Host, wanted: Wanted) -> None:
    """The kernel appends a record to the account of a living container for each of its processes that ends."""
    if living_pid(host, wanted.store, wanted.name) is not None:
        host.accounting.trim(names_of(wanted.store, wanted.name)["accounting"])


ROOM: Room[Wanted, Found] = Room(
    spec=spec, observe=observe, plan=plan, result=result, locks=locks, upkeep=upkeep, awaited=await_wanted
)
