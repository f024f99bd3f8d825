# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries -> members: which containers the fleet has by name, and what each of them is given. Pure.

``defaults`` come first, then the entry; ``count`` and ``name_prefix`` make many members of one entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple

from .._core.errors import ContainersError
from .._core.names import checked_name

COUNT_MAX = 10_000
_OF_NAMES = ("name", "name_prefix", "count", "start")
_ALONE = ("address", "mac", "host_interface", "rootfs_path", "hostname")
"""What two containers can't share."""


@dataclass(frozen=True)
class Member:
    """One container. ``given`` are its options, those of the defaults included."""

    name: str
    given: Mapping[str, Any]


def members(entries: Sequence[Mapping[str, Any]], defaults: Mapping[str, Any]) -> Tuple[Member, ...]:
    """Every container, in the order of the entries. Raises ContainersError naming the entry."""
    misplaced = sorted({*_OF_NAMES, *_ALONE}.intersection(defaults) - {"hostname"})
    if misplaced:
        raise ContainersError(f"defaults: {', '.join(misplaced)} can't be the same for all containers")
    found: List[Member] = []
    for number, entry in enumerate(entries):
        options = {name: value for name, value in {**defaults, **entry}.items() if name not in _OF_NAMES}
        found += [Member(name, options) for name in _names(number, entry)]
    _refuse_twins(found)
    return tuple(found)


def _names(number: int, entry: Mapping[str, Any]) -> Iterator[str]:
    where = f"containers[{number}]"
    name, prefix, count = entry.get("name"), entry.get("name_prefix"), entry.get("count", 1)
    if bool(name) == bool(prefix):
        raise ContainersError(f"{where} needs just one of name and name_prefix")
    if name:
        if count != 1:
            raise ContainersError(f"{where} has count {count} and one name", "Give name_prefix instead of name")
        yield checked_name(str(name), f"{where}: name")
        return
    start = entry.get("start", 1)
    if not 0 <= count <= COUNT_MAX or start < 0:
        raise ContainersError(f"{where}: count {count} from {start} isn't within 0 and {COUNT_MAX}")
    alone = [option for option in _ALONE if entry.get(option) is not None]
    if alone and count > 1:
        raise ContainersError(
            f"{where}: {alone[0]} can't be the same for {count} containers", "Write an entry for each"
        )
    for serial in range(start, start + count):
        yield checked_name(f"{prefix}{serial}", f"{where}: name")


def _refuse_twins(found: Sequence[Member]) -> None:
    seen: Dict[str, Member] = {}
    for member in found:
        if seen.setdefault(member.name, member) is not member:
            raise ContainersError(f"containers: {member.name} is there twice")
