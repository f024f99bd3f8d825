# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who of the fleet is to be up, who is to leave, and with which addresses. Pure: from options and records."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Collection, Dict, List, Mapping, Sequence, Tuple

from .._core.errors import ContainersError
from . import options
from .members import Member
from .network import Network, allocate
from .record import FleetRecord
from .spec import Wanted


@dataclass(frozen=True)
class Roster:
    """``numbers`` are those of the addresses on the fleet's network. Others of the fleet stay as they are."""

    up: Tuple[Member, ...] = ()
    down: Tuple[Member, ...] = ()
    """To be stopped, their files kept."""
    gone: Tuple[Member, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)


def roster(wanted: Wanted, kept: FleetRecord, others: Sequence[FleetRecord], there: Collection[str]) -> Roster:
    """Raises ContainersError where a name or a subnet is another fleet's, or one that is ``there`` no fleet made."""
    listed = wanted.members
    _refuse_others(wanted, others)
    _refuse_strangers(wanted, kept, there)
    if wanted.state == "absent":
        every = tuple(Member(name, {}) for name in kept.members)
        return Roster(gone=listed or every, numbers=kept.numbers)
    names = {member.name for member in listed}
    pruned = tuple(Member(name, {}) for name in kept.members if name not in names) if wanted.prune else ()
    if wanted.state == "stopped":
        return Roster(down=listed, gone=pruned, numbers=kept.numbers)
    return Roster(up=listed, gone=pruned, numbers=_numbers(wanted, kept, pruned))


def planned_record(wanted: Wanted, kept: FleetRecord, plan: Roster) -> FleetRecord:
    """What the record says while the run is at work: whoever may be there by its end, or is still."""
    joined = [member.name for member in (*plan.up, *plan.down)]
    members = tuple(dict.fromkeys([*kept.members, *joined, *(m.name for m in plan.gone if m.name in kept.members)]))
    net = wanted.network
    return FleetRecord(
        name=wanted.fleet,
        members=members,
        numbers={**kept.numbers, **plan.numbers},
        subnets=kept.subnets if net is None else tuple(net.texts),
        bridge=kept.bridge if net is None else net.bridge,
    )


def left_record(record: FleetRecord, gone: Sequence[str]) -> FleetRecord:
    """The record without those that have left."""
    return replace(
        record,
        members=tuple(name for name in record.members if name not in gone),
        numbers={name: number for name, number in record.numbers.items() if name not in gone},
    )


def _numbers(wanted: Wanted, kept: FleetRecord, pruned: Sequence[Member]) -> Dict[str, int]:
    net = wanted.network
    by_hand: Dict[str, str] = {}
    for member in wanted.members:
        options.refuse_both(wanted, member)
        for text in options.own_addresses(member):
            address = text.partition("/")[0]
            if by_hand.setdefault(address, member.name) != member.name:
                raise ContainersError(f"address {address} is given to both {by_hand[address]} and {member.name}")
    if net is None:
        return {}
    kept_numbers: Mapping[str, int] = kept.numbers if kept.subnets in ((), tuple(net.texts)) else {}
    leaving = {member.name for member in pruned}
    kept_numbers = {name: number for name, number in kept_numbers.items() if name not in leaving}
    names = [member.name for member in wanted.members if not options.has_own_address(member)]
    return allocate(net, names, kept_numbers, by_hand)


def _refuse_others(wanted: Wanted, others: Sequence[FleetRecord]) -> None:
    owner = {name: other.name for other in others for name in other.members}
    for member in wanted.members:
        if member.name in owner:
            raise ContainersError(
                f"container {member.name} belongs to fleet {owner[member.name]}", "Choose another name or name_prefix"
            )
    if wanted.network is not None and wanted.state == "started":
        _refuse_overlap(wanted.network, others)


def _refuse_strangers(wanted: Wanted, kept: FleetRecord, there: Collection[str]) -> None:
    for member in wanted.members:
        if member.name in there and member.name not in kept.members:
            raise ContainersError(
                f"container {member.name} is there, and fleet {wanted.fleet} didn't make it",
                "Choose another name or name_prefix, or remove it with what made it",
            )


def _refuse_overlap(net: Network, others: Sequence[FleetRecord]) -> None:
    for other in others:
        for subnet in net.subnets:
            taken: List[str] = [text for text in other.subnets if net.overlaps(subnet, text)]
            if taken:
                raise ContainersError(
                    f"network: subnet {subnet} overlaps {taken[0]} of fleet {other.name}", "Choose another subnet"
                )
