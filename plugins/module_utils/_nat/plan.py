# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""(Wanted, Found) -> Plan: which rules change where, in which order with the settings. Pure.

New rules are put in before old ones go, so that moving to another back end leaves no gap;
``route_localnet`` comes after the guard that makes it harmless, and goes before it.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from .._core.plan import Op, Plan, Unmet
from . import settings
from .conflicts import refuse_conflicts
from .memory import memory_ops, remembered
from .observe import Found
from .ops import OFF, DropFlows, ReplaceRules, SetSetting, WriteDropIn
from .ports import parsed_range
from .rule import IPTABLES, NFTABLES, Place, Rule
from .spec import Wanted
from .wanted_rules import wanted_rules

Rules = Dict[Place, Tuple[Rule, ...]]


def plan(wanted: Wanted, found: Found) -> Plan:
    """What to do. Raises ContainersError where a published port or our file's name is somebody else's."""
    before = {item.place: item.rules for item in found.standing if item.owner == wanted.name}
    after = _desired(wanted, found)
    if wanted.present:
        refuse_conflicts(wanted, found)
    changes = [
        ReplaceRules(wanted.name, place, before.get(place, ()), after.get(place, ()))
        for place in dict.fromkeys([*after, *before])
        if before.get(place, ()) != after.get(place, ())
    ]
    ops = [*_ordered(wanted, found, changes), *memory_ops(wanted, found)]
    return Plan(
        ops=tuple(ops),
        before=_shown(before, ops, "before"),
        after=_shown(after, ops, "after"),
        predicted=told(found.backend, after),
        unmet=_unmet(wanted, found),
        warnings=found.warnings,
        teardown=not wanted.present,
    )


def told(backend: str, rules: Rules) -> Dict[str, Any]:
    """What the module returns."""
    listed = [{"place": place.text(), **rule.data()} for place, own in rules.items() for rule in own]
    return {"nat": {"backend": backend, "rules": listed}}


def _desired(wanted: Wanted, found: Found) -> Rules:
    rules = wanted_rules(wanted, found.interfaces)
    places: Rules = {}
    if found.backend == NFTABLES:
        places[Place(NFTABLES)] = rules
    else:
        places.update({Place(IPTABLES, f): tuple(r for r in rules if r.family == f) for f in wanted.families})
    for place in found.dropping:
        accepts = tuple(
            r for r in rules if (r.chain, r.action) == ("forward", "accept") and place.family in (0, r.family)
        )
        places.setdefault(place, accepts)
    return {place: own for place, own in places.items() if own}


def _ordered(wanted: Wanted, found: Found, changes: List[ReplaceRules]) -> List[Op]:
    additions = [change for change in changes if change.after]
    removals = [change for change in changes if not change.after]
    flows = _stale_flows(changes)
    if not wanted.present:
        return [*_localnet_off(wanted, found, ""), *removals, *_drop_in_off(wanted, found), *flows]
    lasting = settings.lasting(wanted, found.interfaces, found.settings)
    passing = settings.passing(wanted, found.interfaces)
    kept = next(iter(passing), "")
    text = settings.drop_in(found.drop_in, lasting)
    drop_in = [WriteDropIn(found.drop_in, text)] if text != found.drop_in else []
    return [
        *_set(lasting, found),
        *drop_in,
        *additions,
        *_set(passing, found),
        *_localnet_off(wanted, found, kept),
        *removals,
        *flows,
    ]


def _set(values: Dict[str, str], found: Found) -> List[SetSetting]:
    live = found.settings
    return [SetSetting(name, live.get(name), value) for name, value in values.items() if live.get(name) != value]


def _localnet_off(wanted: Wanted, found: Found, kept: str) -> List[SetSetting]:
    """The container's link as it was, unless another owner still publishes by it."""
    mine = {link for item in found.standing if item.owner == wanted.name for link in settings.localnet_links(item)}
    others = {link for item in found.standing if item.owner != wanted.name for link in settings.localnet_links(item)}
    links = [settings.route_localnet(link) for link in sorted(mine - others - {""})]
    return [SetSetting(name, "1", OFF) for name in links if name != kept and found.settings.get(name) == "1"]


def _drop_in_off(wanted: Wanted, found: Found) -> List[WriteDropIn]:
    last = all(item.owner == wanted.name for item in found.standing)
    ours = found.drop_in is not None and not settings.is_foreign(found.drop_in)
    return [WriteDropIn(found.drop_in, None)] if last and ours else []


def _stale_flows(changes: List[ReplaceRules]) -> List[DropFlows]:
    """For each UDP port that leads elsewhere than before."""
    before = {rule for change in changes for rule in change.before}
    after = {rule for change in changes for rule in change.after}
    moved = {rule for rule in before ^ after if rule.action == "dnat" and rule.protocol == "udp"}
    flows = {DropFlows(rule.family, "" if rule.local else rule.destination, parsed_range(rule.port)) for rule in moved}
    return sorted(flows, key=lambda flow: (flow.family, flow.address, flow.ports))


def _shown(rules: Rules, ops: List[Op], side: str) -> Dict[str, Any]:
    """One side of the diff: all rules of the owner, and the settings that change."""
    shown: Dict[str, Any] = {"rules": {place.text(): [rule.text() for rule in own] for place, own in rules.items()}}
    shown["settings"] = {op.name: getattr(op, side) for op in ops if isinstance(op, SetSetting)}
    shown["files"] = {op.path: getattr(op, side) for op in ops if isinstance(op, WriteDropIn)}
    shown["remembered"] = remembered(ops, side)
    flows = [op.describe() for op in ops if isinstance(op, DropFlows)]
    shown["stale_flows"] = flows if side == "before" else []
    return {name: value for name, value in shown.items() if value}


def _unmet(wanted: Wanted, found: Found) -> Tuple[Unmet, ...]:
    if not wanted.present:
        return ()
    unmet = [
        Unmet(f"interface {name} does not exist", "veth_pair makes a container's; or correct the name")
        for name in found.missing
    ]
    if not any(found.interfaces.outer.values()):
        unmet.append(Unmet("there is no default route and out_interface is not given", "Give out_interface"))
    if wanted.ports and not found.interfaces.inner:
        unmet.append(Unmet("no route leads to the container's address", "Give in_interface: the host end of its link"))
    return tuple(unmet)
