# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rule as data, the same for every back end, and the places where rules can stand.

The codecs turn a rule into a back end's own form and back; that what was read equals what is wanted
is then a comparison of data. Which rules a container needs is in ``wanted_rules``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Dict, Tuple

from .._core.errors import ContainersError

COMMENT = "daemonless:"
"""Before the owner's name in the comment of each rule of ours."""

CHAINS = ("guard", "prerouting", "output", "postrouting", "forward")
ESTABLISHED = "established,related"
DNAT = "dnat"

NFTABLES = "nftables"
IPTABLES = "iptables"
IPTABLES_NFT = "iptables-nft"
FOREIGN_CHAIN = "nftables chain"


@dataclass(frozen=True)
class Place:
    """Where rules of ours stand: our own nftables table, or a family's tables of somebody else.

    ``family`` is 0 where both families share it. ``path`` tells foreign chains apart: ``inet filter forward``.
    """

    kind: str
    family: int = 0
    path: str = ""

    def text(self) -> str:
        if self.kind == NFTABLES:
            return "nftables table inet daemonless"
        if self.kind == FOREIGN_CHAIN:
            return f"nftables chain {self.path}"
        stem = "iptables" if self.family == 4 else "ip6tables"
        return f"{stem}-{'legacy' if self.kind == IPTABLES else 'nft'}"


@dataclass(frozen=True)
class Rule:
    """What to match and what to do. Empty text matches anything; a leading ``!`` matches anything else."""

    chain: str
    family: int
    action: str
    in_interface: str = ""
    out_interface: str = ""
    source: str = ""
    destination: str = ""
    unicast: bool = False
    """The destination isn't a multicast address."""
    protocol: str = ""
    port: str = ""
    local: bool = False
    """The destination is an address of this host."""
    connection: str = ""
    to: str = ""

    def data(self) -> Dict[str, Any]:
        """The fields that say something, for a user to read."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: value for name, value in values.items() if value}

    def text(self) -> str:
        """One line: ``postrouting: masquerade from 100.100.1.0/24 to !100.100.1.0/24 out eth0``."""
        words = [f"{self.chain}:", self.action, self.connection if self.connection != self.action else ""]
        words.append(f"{self.protocol}/{self.port}" if self.port else "")
        words.append(f"from {self.source}" if self.source else "")
        words.append(f"to {self.destination}" if self.destination else "")
        words.append(f"in {self.in_interface}" if self.in_interface else "")
        words.append(f"out {self.out_interface}" if self.out_interface else "")
        words.append(f"-> {self.to}" if self.to else "")
        return " ".join(word for word in words if word)


@dataclass(frozen=True)
class Standing:
    """The rules of one owner in one place, in their order."""

    place: Place
    owner: str
    rules: Tuple[Rule, ...]


def comment(owner: str) -> str:
    """What marks a rule as the owner's."""
    return f"{COMMENT}{owner}"


def owner_of(text: str) -> str:
    """The owner that a comment names; empty where the rule isn't ours."""
    return text[len(COMMENT) :] if text.startswith(COMMENT) else ""


def multicast(family: int) -> str:
    """The multicast addresses of a family."""
    return "224.0.0.0/4" if family == 4 else "ff00::/8"


def unreadable(chain: str, family: int, what: object) -> Rule:
    """A rule with our comment that we didn't write so: never equal to one that is wanted."""
    return Rule(chain, family, f"something else: {what}")


def refuse_unreadable(rule: Rule) -> None:
    """A rule that can't be written back, when a failed run wants it restored."""
    if rule.chain not in CHAINS or rule.action.startswith("something else"):
        raise ContainersError(f"the rule {rule.text()} was not ours to the letter and can't be put back")
