# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is wanted and what was found to the ops that lead from one to the other. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Sequence

from .._core.errors import ContainersError
from .._core.plan import Op, Plan, Unmet
from .conflicts import check_addresses, check_links, is_ours, warnings
from .memory import memory_ops, shown_after, shown_before
from .model import Interface, Pair, Parts
from .observe import Found
from .ops import AddBridge, AddPair, RemoveBridge, RemoveLink
from .ops_end import End, SetAttribute
from .place import Place
from .repair import bridge_ops, end_ops
from .spec import Wanted
from .target import current_pair, target
from .view import view


def plan(wanted: Wanted, found: Found) -> Plan:
    """Compare. Raises ContainersError where something of somebody else's is in the way."""
    if found.shares_host:
        if not wanted.present:
            return Plan(teardown=True)
        raise ContainersError(
            f"{wanted.place} has no network of its own, it shares the host's",
            "Start it with a network namespace, or leave out veth_pair",
        )
    check_links(wanted, found)
    if wanted.present and wanted.place is not None:
        return _build(wanted, wanted.place, found)
    return _remove(wanted, found)


def _build(wanted: Wanted, place: Place, found: Found) -> Plan:
    check_addresses(wanted, found)
    stale = () if found.pair else found.outer_ends
    current = current_pair(wanted, found)
    aim = target(wanted, found, current)
    ops: List[Op] = [RemoveLink(link.name, link.alias) for link in stale]
    ops += _bridge(current, aim, found)
    if not found.pair:
        ops.append(_add(place, current))
    ops += end_ops(End(None, aim.host.name), current.host, aim.host)
    if not current.loopback_up:
        ops.append(SetAttribute(End(place, "lo"), "up", False, True))
    ops += end_ops(End(place, aim.inside.name), current.inside, aim.inside)
    ops += _bridge_left(found, found.outer_ends)
    memory = memory_ops(wanted, found)
    before = view(wanted, replace(found.parts, host=found.parts.host or found.former), detailed=True)
    after = view(wanted, aim, detailed=True) if ops else before
    return Plan(
        ops=(*ops, *memory),
        before={**before, **shown_before(memory)},
        after={**after, **shown_after(memory)},
        predicted={"veth": view(wanted, aim)},
        unmet=() if found.place_exists else (_unmet(place),),
        warnings=warnings(found),
    )


def _remove(wanted: Wanted, found: Found) -> Plan:
    links = tuple(link for link in found.outer_ends if is_ours(link, wanted, found))
    ops: List[Op] = [RemoveLink(link.name, link.alias) for link in links]
    ops += _bridge_left(found, links)
    memory = memory_ops(wanted, found)
    if not ops and not memory:
        return Plan(teardown=True)
    parts = Parts(links[0] if links else None, found.parts.inside if links else None, found.left)
    before = view(wanted, parts, detailed=True) if ops else {}
    return Plan((*ops, *memory), {**before, **shown_before(memory)}, predicted={"veth": {}}, teardown=True)


def _bridge(current: Pair, aim: Pair, found: Found) -> List[Op]:
    if current.bridge is None or aim.bridge is None:
        return []
    made: List[Op] = [] if found.parts.bridge else [AddBridge(current.bridge.name, current.bridge.mac)]
    return made + bridge_ops(End(None, aim.bridge.name), current.bridge, aim.bridge)


def _add(place: Place, new: Pair) -> Op:
    outer, inner = new.host, new.inside
    return AddPair(outer.name, outer.mac, outer.alias, place, inner.name, inner.mac, outer.mtu)


def _bridge_left(found: Found, leaving: Sequence[Interface]) -> List[Op]:
    left = found.left
    gone = left is not None and left.removable([link.name for link in leaving])
    return [RemoveBridge(left.name)] if left and gone else []


def _unmet(place: Place) -> Unmet:
    if place.container:
        return Unmet(f"{place} isn't running", "Start it first: daemonless.containers.ns_container")
    return Unmet(f"{place} isn't there", "Make it first, or correct netns")


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """What the module returns of the pair as found."""
    return {"veth": view(wanted, found.parts) if wanted.present else {}}
