# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the store keeps of a fleet: its members, the numbers of their addresses, and the network these are in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Tuple

from .._core.store import Store, read_record, write_record

if TYPE_CHECKING:
    from .._sys.files import Files

VERSION = 1


@dataclass(frozen=True)
class FleetRecord:
    """``subnets`` and ``bridge`` are those of the last run; ``members`` are in the order in which they joined."""

    name: str
    members: Tuple[str, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    subnets: Tuple[str, ...] = ()
    bridge: Optional[str] = None


def path_of(store: Store, name: str) -> str:
    return f"{store.fleets}/{name}.json"


def load(files: Files, store: Store, name: str) -> FleetRecord:
    """An empty one where the fleet doesn't exist."""
    return read_record(files, path_of(store, name), _from_json) or FleetRecord(name)


def load_others(files: Files, store: Store, name: str) -> Tuple[FleetRecord, ...]:
    """Every other fleet in the store."""
    names = [file[: -len(".json")] for file in files.list(store.fleets) if file.endswith(".json") and file[0] != "."]
    return tuple(load(files, store, other) for other in names if other != name)


def save(files: Files, store: Store, record: FleetRecord) -> None:
    """A fleet without members is none."""
    if not record.members:
        files.remove(path_of(store, record.name))
        files.remove_empty([store.fleets])
        return
    plain = {
        "version": VERSION,
        "name": record.name,
        "members": record.members,
        "numbers": dict(record.numbers),
        "subnets": record.subnets,
        "bridge": record.bridge,
    }
    write_record(files, path_of(store, record.name), plain)


def _from_json(record: Dict[str, Any]) -> FleetRecord:
    return FleetRecord(
        name=record["name"],
        members=tuple(record["members"]),
        numbers={name: int(number) for name, number in record["numbers"].items()},
        subnets=tuple(record["subnets"]),
        bridge=record["bridge"],
    )
