# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables, chains, sets and rules of somebody else's, in nftables and legacy iptables; ports and settings too."""

from __future__ import annotations

from typing import Any

from fault_cases import nat
from foreign import CHANGE, CREATE, REMOVE, Act, Fleet, Foreign, acts
from foreign_networks import NO_FLEET, fleet

_DROP_IN = "/etc/sysctl.d/99-zz-daemonless.conf"
_TABLE = """\
nft delete table inet daemonless 2>/dev/null || true
nft add table inet daemonless
nft add chain inet daemonless forward '{ type filter hook forward priority 5; policy accept; }'
nft add rule inet daemonless forward ip daddr 198.51.100.7 accept comment '"somebodys"'
"""
_OWNERS = "nft -s list table inet daemonless"
_IN_OURS = """\
nft add set inet daemonless theirs '{ type ipv4_addr; elements = { 198.51.100.7 }; }'
nft add chain inet daemonless theirs
nft add rule inet daemonless theirs ip saddr @theirs drop comment '"somebodys"'
"""
_LEGACY = """\
iptables-legacy -t nat -N DAEMONLESS
iptables-legacy -t nat -A DAEMONLESS -s 198.51.100.7 -j RETURN
iptables-legacy -t nat -A POSTROUTING -s 198.51.100.0/24 -m comment --comment daemonless -j DAEMONLESS
iptables-legacy -A FORWARD -s 198.51.100.7 -m comment --comment 'not daemonless:web' -j ACCEPT
"""


def legacy(_ground: Any) -> Any:
    return nat(backend="iptables")


def absent(_ground: Any) -> Any:
    return nat(state="absent")


def other(_ground: Any) -> Any:
    return nat(name="other", address=None, published_ports=None)


def other_absent(_ground: Any) -> Any:
    return nat(name="other", state="absent")


def masquerading(_ground: Any) -> Fleet:
    return fleet(masquerade=True)


_OWN_TABLE = Foreign(
    "nftables table of our table's name",
    _TABLE,
    _OWNERS,
    "nft delete table inet daemonless",
    (
        *acts(
            "nat_rule",
            "veth",
            lambda _ground: nat(),
            lambda _ground: nat(published_ports=["8081:80"]),
            absent,
            "the nftables table inet daemonless is not ours",
            stays=True,
        ),
        Act(
            CREATE,
            "container_fleet",
            masquerading,
            "image",
            "the nftables table inet daemonless is not ours",
            last=(lambda _ground: NO_FLEET,),
            ours_too=False,
        ),
        Act(
            REMOVE,
            "container_fleet",
            lambda _ground: NO_FLEET,
            "image",
            "the nftables table inet daemonless is not ours",
            first=(masquerading,),
            last=(lambda _ground: NO_FLEET,),
            ours_too=False,
        ),
    ),
)
_OTHER_FAMILY = Foreign(
    "nftables table of another family",
    "nft add table ip daemonless; nft add chain ip daemonless postrouting '{ type nat hook postrouting priority 101; }'"
    "; nft add rule ip daemonless postrouting ip saddr 198.51.100.0/24 counter masquerade comment '\"daemonless\"'",
    "nft -s list table ip daemonless",
    "nft delete table ip daemonless",
    acts("nat_rule", "veth", lambda _ground: nat(), lambda _ground: nat(published_ports=["8081:80"]), absent),
)
_THINGS_IN_OURS = Foreign(
    "set, chain and rule in our table",
    _IN_OURS,
    "nft -s list set inet daemonless theirs; nft -s list chain inet daemonless theirs",
    "nft delete chain inet daemonless theirs; nft delete set inet daemonless theirs",
    (
        Act(CREATE, "nat_rule", other, "nat", last=(other_absent,)),
        Act(CHANGE, "nat_rule", lambda _ground: nat(published_ports=["8081:80"]), "nat"),
        Act(REMOVE, "nat_rule", absent, "nat"),
    ),
)
_LEGACY_RULES = Foreign(
    "legacy iptables chain and rules",
    _LEGACY,
    "iptables-legacy-save | sed 's/\\[[0-9:]*\\]//' | grep -e 198.51.100 -e DAEMONLESS",
    "iptables-legacy -t nat -F; iptables-legacy -t nat -X DAEMONLESS; iptables-legacy -F FORWARD",
    acts(
        "nat_rule",
        "veth",
        legacy,
        legacy,
        lambda _ground: nat(state="absent", backend="iptables"),
    ),
)
_PORT = Foreign(
    "program that listens",
    "busybox nc -l -p 8085 >/dev/null 2>&1 & echo $! >/run/theirs.pid; sleep 0.1",
    "ss -Hltn sport = :8085; ps -o pid,args -p $(cat /run/theirs.pid)",
    "kill $(cat /run/theirs.pid); rm /run/theirs.pid",
    acts(
        "nat_rule",
        "veth",
        lambda _ground: nat(published_ports=["8085:80"]),
        lambda _ground: nat(published_ports=["8085:80"]),
        absent,
        "published port 8085/tcp is in use: tcp .*:8085 is held by busybox",
    ),
)
_SETTINGS = Foreign(
    "settings file of our file's name",
    f"printf '# somebodys\\nnet.ipv4.ip_forward = 1\\n' >{_DROP_IN}; chmod 600 {_DROP_IN}",
    f"stat -c '%a %i %Y' {_DROP_IN}; cat {_DROP_IN}",
    f"rm {_DROP_IN}",
    acts(
        "nat_rule",
        "veth",
        lambda _ground: nat(),
        lambda _ground: nat(published_ports=["8081:80"]),
        absent,
        f"{_DROP_IN} is there already and was not made by this module",
    ),
)

RULES = (_OWN_TABLE, _OTHER_FAMILY, _THINGS_IN_OURS, _LEGACY_RULES, _PORT, _SETTINGS)
