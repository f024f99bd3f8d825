# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of iptables, of either kind: whose rules of ours stand there, does FORWARD drop, and replacing.

The legacy kind can hold all rules; the nft kind only gets the accepts that our own nftables table
can't give. Both share this file because they have the same chains and the same grammar.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .._sys.iptables_nft import INCOMPATIBLE
from .rule import COMMENT, Place, Rule, Standing, owner_of, refuse_unreadable
from .rule import comment as comment_of
from .xtables_codec import CHAINS, USER_CHAIN, decode, encode, parsed_words, words

if TYPE_CHECKING:
    from .._sys.host import Host

Chains = Dict[str, Dict[str, Any]]
"""chain -> {"policy", "rules": [{"target", "comment", "fields"}]}, as ``_sys.xtables`` gives it."""

_TARGET = re.compile(r" -j (\S+)")
_NEVER_FORWARDS = ("INPUT", "OUTPUT")
_OURS_BY_PLACE = {(table, chain): ours for ours, (table, chain) in CHAINS.items()}


def saved(host: Host, family: int) -> Optional[Chains]:
    """The filter table of the nft kind; None where the iptables command is missing or can't handle the table."""
    if not host.iptables_nft.installed(family):
        return None
    text = host.iptables_nft.save(family)
    return None if INCOMPATIBLE in text else _parsed(text)


def is_used(tables: Mapping[str, Chains]) -> bool:
    """Whether somebody else's rules, or a policy, are in any of the tables."""
    chains = [chain for table in tables.values() for chain in table.values()]
    return any(
        chain["policy"] not in ("", "ACCEPT") or any(not owner_of(rule["comment"]) for rule in chain["rules"])
        for chain in chains
    )


def replace_legacy(host: Host, family: int, owner: str, before: Sequence[Rule], after: Sequence[Rule]) -> None:
    """Make ``after`` the owner's rules. A failure half-way puts ``before`` back."""
    forward = _forward_chain(host.xtables.read(family).get("filter", {}))
    try:
        host.xtables.replace(family, comment_of(owner), _tables(after, owner, forward))
    except Exception:
        host.xtables.replace(family, comment_of(owner), _tables(before, owner, forward))
        raise


def replace_nft(host: Host, family: int, owner: str, rules: Sequence[Rule]) -> None:
    """Make these the owner's rules at the head of FORWARD (or Docker's user chain), in one step."""
    saved = host.iptables_nft.save(family)
    chain = _forward_chain(_parsed(saved))
    lines = [f"-D{line[2:]}" for line in saved.splitlines() if _is_of(line, owner)]
    for rule in reversed(rules):
        refuse_unreadable(rule)
        lines.append(" ".join([f"-I {chain} 1", *words(rule, owner)]))
    if lines:
        host.iptables_nft.restore(family, lines)


def _is_of(line: str, owner: str) -> bool:
    return re.search(rf'--comment "?{re.escape(comment_of(owner))}"?(?= |$)', line) is not None


def _tables(rules: Sequence[Rule], owner: str, forward: str) -> Dict[str, List[Tuple[str, Dict[str, Any]]]]:
    tables: Dict[str, List[Tuple[str, Dict[str, Any]]]] = {}
    for rule in rules:
        refuse_unreadable(rule)
        table, chain = CHAINS[rule.chain]
        tables.setdefault(table, []).append((forward if chain == "FORWARD" else chain, encode(rule, owner)))
    return tables


def _parsed(saved: str) -> Chains:
    chains: Chains = {}
    for line in saved.splitlines():
        if line.startswith(":"):
            name, policy = line[1:].split()[:2]
            chains[name] = {"policy": "" if policy == "-" else policy, "rules": []}
        elif line.startswith("-A "):
            chains[line.split()[1]]["rules"].append(_parsed_rule(line))
    return chains


def _parsed_rule(line: str) -> Dict[str, Any]:
    """Other people's rules, of which there may be thousands, only by their target."""
    if COMMENT not in line:
        target = _TARGET.search(line)
        return {"target": target[1] if target else "", "comment": "", "fields": {}}
    fields = parsed_words(line)[1]
    comment = fields.get("comment", {}).get("comment", "")
    return {"target": fields.get("target", ""), "comment": comment, "fields": fields}


def may_drop(chains: Chains) -> bool:
    """Whether FORWARD may drop: by policy, or by a foreign rule in a chain that a packet may come through."""
    if chains.get("FORWARD", {}).get("policy", "ACCEPT") != "ACCEPT":
        return True
    return any(
        rule["target"] in ("DROP", "REJECT") and not rule["comment"].startswith(COMMENT)
        for name, chain in chains.items()
        if name not in _NEVER_FORWARDS
        for rule in chain["rules"]
    )


def standing(place: Place, tables: Mapping[str, Chains]) -> List[Standing]:
    """Every owner's rules in the tables of the place."""
    found: Dict[str, List[Rule]] = {}
    order = list(CHAINS)
    for table, chains in tables.items():
        forward = _forward_chain(chains)
        for name, chain in chains.items():
            ours = _chain(table, name, forward)
            for rule in chain["rules"]:
                owner = owner_of(rule["comment"])
                if owner:
                    found.setdefault(owner, []).append(decode(ours, place.family, rule["fields"]))
    return [
        Standing(place, owner, tuple(sorted(rules, key=lambda r: order.index(r.chain) if r.chain in order else 9)))
        for owner, rules in sorted(found.items())
    ]


def _forward_chain(chains: Chains) -> str:
    """Where accepts belong: Docker's user chain if packets come through it (a flush of all chains leaves it unused)."""
    used = any(rule["target"] == USER_CHAIN for rule in chains.get("FORWARD", {}).get("rules", ()))
    return USER_CHAIN if used else "FORWARD"


def _chain(table: str, name: str, forward: str) -> str:
    """Our name of the chain; another text where our rules shouldn't be."""
    if table == "filter" and name in ("FORWARD", USER_CHAIN):
        return "forward" if name == forward else f"filter {name}"
    return _OURS_BY_PLACE.get((table, name), f"{table} {name}")
