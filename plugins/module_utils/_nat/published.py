# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ports of the host lead where, for who only looks: from the rules that stand, whoever made them for whom.

The front door for whoever shows containers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Tuple

from . import nft_table, xtables
from .rule import DNAT, IPTABLES, Place, Rule

if TYPE_CHECKING:
    from .._sys.host import Host

Ports = Dict[str, List[Dict[str, Any]]]
"""Owner of the rules -> the ports that they publish."""

_FAMILIES = (4, 6)
_CHAIN = "output"
"""Every published port has a rule there; those at 127.0.0.1 have none in prerouting."""


def published(host: Host) -> Tuple[Ports, Tuple[str, ...]]:
    """The ports, and what couldn't be looked at."""
    found: Dict[str, List[Rule]] = {}
    warnings: List[str] = []
    if host.nft.installed():
        for owner, rules in nft_table.read_chain(host, _CHAIN).items():
            found.setdefault(owner, []).extend(rules)
    else:
        warnings.append("ports that are published by nftables can't be looked at without python3-nftables")
    for family in _FAMILIES:
        if "nat" not in host.xtables.registered(family):
            continue
        if not host.xtables.installed():
            warnings.append("ports that are published by legacy iptables can't be looked at without python3-iptables")
            break
        for standing in xtables.standing(Place(IPTABLES, family), host.xtables.read(family)):
            found.setdefault(standing.owner, []).extend(rule for rule in standing.rules if rule.chain == _CHAIN)
    return {owner: list(_shown(rules)) for owner, rules in found.items()}, tuple(warnings)


def _shown(rules: Iterable[Rule]) -> Iterable[Dict[str, Any]]:
    for rule in rules:
        if rule.action != DNAT:
            continue
        address, _colon, port = rule.to.rpartition(":") if _has_port(rule.to) else (rule.to, "", "")
        yield {
            "host_ip": "" if rule.destination.startswith("!") else rule.destination,
            "host_port": rule.port,
            "container_ip": address.strip("[]"),
            "container_port": port or rule.port,
            "protocol": rule.protocol,
        }


def _has_port(target: str) -> bool:
    """``100.100.1.2:80`` and ``[2001:db8::2]:80`` have one; the address alone stands for the same ports."""
    return target.count(":") == 1 or "]:" in target
