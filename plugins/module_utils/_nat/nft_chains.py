# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forward chains of other people's nftables tables: an accept of ours doesn't pass a packet by them.

Where such a chain drops, an accept is put at its head, marked as the owner's; nothing else in it is
touched. Tables of the iptables command are left to that (``iptables_nft``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Sequence, Tuple

from .nft_codec import decode, encode
from .nft_table import TABLE
from .rule import FOREIGN_CHAIN, Place, Rule, Standing, comment, owner_of, refuse_unreadable

if TYPE_CHECKING:
    from .._sys.host import Host

Object = Dict[str, Any]

_FAMILIES = {"ip": 4, "ip6": 6, "inet": 0}
_PASSES_ON = ("drop", "reject", "jump", "goto", "queue")


def read(host: Host, chain: Object) -> Tuple[List[Place], List[Standing]]:
    """The place of a forward chain if it drops, and the rules of ours in it."""
    if chain["family"] not in _FAMILIES or (chain["family"], chain["table"]) == (TABLE["family"], TABLE["name"]):
        return [], []
    place = Place(FOREIGN_CHAIN, _FAMILIES[chain["family"]], _path(chain))
    rules = _rules(host, place)
    drops = chain.get("policy") == "drop" or any(_may_drop(rule) for rule in rules)
    return [place] if drops else [], _standing(place, rules)


def replace(host: Host, place: Place, owner: str, rules: Sequence[Rule]) -> None:
    """Make these the owner's rules in the chain: at its head, all in one transaction."""
    for rule in rules:
        refuse_unreadable(rule)
    family, table, name = place.path.split()
    where = {"family": family, "table": table, "chain": name}
    if not any(_path(item.get("chain", {})) == place.path for item in host.nft.list("chains")):
        return  # the chain went with the rules that were in it
    commands: List[Object] = [
        {"delete": {"rule": {**where, "handle": rule["handle"]}}}
        for rule in _rules(host, place)
        if rule.get("comment") == comment(owner)
    ]
    commands += [
        {"insert": {"rule": {**where, "comment": comment(owner), "expr": encode(rule)}}} for rule in reversed(rules)
    ]
    if commands:
        host.nft.change(commands)


def _path(chain: Object) -> str:
    return f"{chain.get('family')} {chain.get('table')} {chain.get('name')}"


def _rules(host: Host, place: Place) -> List[Object]:
    family, table, name = place.path.split()
    return [item["rule"] for item in host.nft.list("chain", family=family, table=table, name=name) if "rule" in item]


def _may_drop(rule: Object) -> bool:
    ours = bool(owner_of(rule.get("comment", "")))
    return not ours and any(kind in _PASSES_ON for expression in rule.get("expr", ()) for kind in expression)


def _standing(place: Place, rules: Sequence[Object]) -> List[Standing]:
    found: Dict[str, List[Rule]] = {}
    for rule in rules:
        owner = owner_of(rule.get("comment", ""))
        if owner:
            found.setdefault(owner, []).append(decode("forward", place.family, rule["expr"]))
    return [Standing(place, owner, tuple(own)) for owner, own in sorted(found.items())]
