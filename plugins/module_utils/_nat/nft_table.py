# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own nftables table: whose rules stand in it, and some owners' rules replaced in one transaction.

The table is ``inet daemonless``; an empty chain in it says that it is ours. Its priorities are the
usual ones: destination NAT at -100 and source NAT at 100 as every NAT does, so that what other
programs filter by address they see as they do with any other NAT; the guard at -300, before
connection tracking, where a packet still has the addresses it came with; forward at 0, where its
order against other chains doesn't matter, since a drop anywhere is final and an accept decides
for its own chain only.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Sequence, Tuple

from .._core.errors import ContainersError
from .nft_codec import decode, encode
from .rule import CHAINS, NFTABLES, Place, Rule, Standing, comment, owner_of, refuse_unreadable

if TYPE_CHECKING:
    from .._sys.host import Host

Object = Dict[str, Any]

TABLE = {"family": "inet", "name": "daemonless"}
MARK = "owned-by-daemonless-containers"
PLACE = Place(NFTABLES)

_NOT_THERE = "No such file or directory"
_IN_TABLE = {"family": TABLE["family"], "table": TABLE["name"]}
_HOOKS = {
    "guard": {"type": "filter", "hook": "prerouting", "prio": -300},
    "prerouting": {"type": "nat", "hook": "prerouting", "prio": -100},
    "output": {"type": "nat", "hook": "output", "prio": -100},
    "postrouting": {"type": "nat", "hook": "postrouting", "prio": 100},
    "forward": {"type": "filter", "hook": "forward", "prio": 0},
}


def read(host: Host) -> Tuple[Standing, ...]:
    """Every owner's rules. Raises ContainersError where a table of that name is somebody else's."""
    found = _by_owner(_objects(host))
    order = {chain: number for number, chain in enumerate(CHAINS)}
    return tuple(
        Standing(PLACE, owner, tuple(sorted(rules, key=lambda rule: order.get(rule.chain, len(order)))))
        for owner, rules in sorted(found.items())
    )


def read_chain(host: Host, name: str) -> Dict[str, List[Rule]]:
    """Owner -> the rules of that one chain, which is quicker where the table is long."""
    try:
        return _by_owner(host.nft.list("chain", **_IN_TABLE, name=name))
    except ContainersError as error:
        if _NOT_THERE in error.message:  # asked first whether it is there, libnftables takes twice as long
            return {}
        raise


def replace(host: Host, rules: Mapping[str, Sequence[Rule]]) -> None:
    """Make these each owner's rules: all in one transaction; the table goes with its last rule."""
    for rule in chain.from_iterable(rules.values()):
        refuse_unreadable(rule)
    objects = _objects(host)
    standing = _rules(objects)
    comments = {comment(owner) for owner in rules}
    owned = [rule for rule in standing if rule.get("comment") in comments]
    if not any(rules.values()) and len(owned) == len(standing) and not _foreign(objects):
        if objects:
            host.nft.change([{"delete": {"table": TABLE}}])
        return
    removals = [{"delete": {"rule": {**_IN_TABLE, "chain": rule["chain"], "handle": rule["handle"]}}} for rule in owned]
    additions = [
        {"add": {"rule": {**_IN_TABLE, "chain": rule.chain, "comment": comment(owner), "expr": encode(rule)}}}
        for owner, own in rules.items()
        for rule in own
    ]
    host.nft.change([*_frame(), *removals, *additions])


def _objects(host: Host) -> List[Object]:
    """What is in the table; nothing where there is none."""
    tables = [item["table"] for item in host.nft.list("tables")]
    if not any(table["family"] == TABLE["family"] and table["name"] == TABLE["name"] for table in tables):
        return []
    objects = host.nft.list("table", **TABLE)
    if not any(item.get("chain", {}).get("name") == MARK for item in objects):
        raise ContainersError(
            f"the nftables table {TABLE['family']} {TABLE['name']} is not ours: it has no chain {MARK}",
            "Rename that table, or delete it if it is a leftover: nft delete table inet daemonless",
        )
    return objects


def _by_owner(objects: Sequence[Object]) -> Dict[str, List[Rule]]:
    found: Dict[str, List[Rule]] = {}
    for rule in _rules(objects):
        owner = owner_of(rule.get("comment", ""))
        if owner:
            found.setdefault(owner, []).append(decode(rule["chain"], 0, rule["expr"]))
    return found


def _rules(objects: Sequence[Object]) -> List[Object]:
    return [item["rule"] for item in objects if "rule" in item]


def _foreign(objects: Sequence[Object]) -> bool:
    """Whether somebody put things of his own into our table: then it stays."""
    names = {item["chain"]["name"] for item in objects if "chain" in item}
    kinds = {kind for item in objects for kind in item}
    return not names <= {MARK, *_HOOKS} or not kinds <= {"table", "chain", "rule"}


def _frame() -> List[Object]:
    """Table and chains; adding what is there changes nothing."""
    chains: List[Object] = [{"add": {"chain": {**_IN_TABLE, "name": MARK}}}]
    chains += [
        {"add": {"chain": {**_IN_TABLE, "name": name, **hook, "policy": "accept"}}} for name, hook in _HOOKS.items()
    ]
    return [{"add": {"table": TABLE}}, *chains]
