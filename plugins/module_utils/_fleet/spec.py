# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of container_fleet -> Wanted, checked as far as that goes without the host. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional, Tuple

from .._core.errors import ContainersError, step
from .._core.names import checked_name
from .._core.room import refuse_nul
from .._core.store import Store
from .members import Member, members
from .network import Network, network

NAME_MAX = 48
"""So that the name of what belongs to the whole fleet stays a valid one, too."""

CheckEntry = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""An entry as a user wrote it -> its options with the types that they have. Raises ContainersError."""


@dataclass(frozen=True)
class Wanted:
    """``members`` are those listed, whatever is to become of them. Of ``healthy`` fleets ``state`` is started."""

    fleet: str
    store: Store
    state: str
    healthy: bool
    healthy_wait: float
    """Seconds."""
    members: Tuple[Member, ...]
    network: Optional[Network]
    prune: bool
    reset: bool
    nat_backend: str


def spec(options: Mapping[str, Any], check_entry: CheckEntry) -> Wanted:
    """Raises ContainersError for the first option that can't be meant so."""
    for option, value in options.items():
        refuse_nul(option, value)
    fleet = checked_name(options["fleet"], "fleet")
    if len(fleet) > NAME_MAX:
        raise ContainersError(f"fleet {fleet!r} is too long", f"At most {NAME_MAX} characters")
    with step("defaults"):
        defaults = dict(check_entry(options["defaults"] or {}))
    if options["image"] is not None:
        defaults = {"image": options["image"], **defaults}
    entries = []
    for number, entry in enumerate(options["containers"] or []):
        with step(f"containers[{number}]"):
            entries.append(check_entry(entry))
    listed = members(entries, defaults)
    if options["state"] != "absent" and options["containers"] is None:
        raise ContainersError(f"fleet {fleet}: containers is missing", "Only state: absent does without a list")
    state = "started" if options["state"] == "healthy" else options["state"]
    if options["reset"] and state != "started":
        raise ContainersError("reset goes with state: started only")
    return Wanted(
        fleet=fleet,
        store=Store(options["store"]),
        state=state,
        healthy=options["state"] == "healthy",
        healthy_wait=options["healthy_wait_timeout"],
        members=listed,
        network=network(options["network"], fleet),
        prune=options["prune"],
        reset=options["reset"],
        nat_backend=options["nat_backend"],
    )
