# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in the way of networks of many: a fleet's bridge, routes to other hosts and tunnels to them."""

from __future__ import annotations

from typing import Any, Dict, Tuple

from crashes import Run
from fault_cases import OUTER
from foreign import CHANGE, CREATE, REMOVE, Act, Fleet, Foreign
from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.room import ROOM as INTERCONNECT

_FLEET_SUBNET = "100.100.8.0/24"


def shown(*names: str) -> str:
    """All of the links and what is on them, but for what counts by itself."""
    words = [f"ip -d link show dev {name}; ip addr show dev {name}" for name in names]
    return f"({'; '.join(words)}) | sed -E 's/[a-z_]*_timer +[0-9.]+//g; s/valid_lft.*//; /inet6 fe80/d'"


def interconnect(**options: Any) -> Run:
    peer = {"address": "203.0.113.7", "subnets": ["100.100.65.0/24"]}
    return Run(INTERCONNECT, with_defaults(ARGUMENT_SPEC, {"network": "100.100.64.0/18", "peers": [peer], **options}))


def tunnel(**options: Any) -> Run:
    peer = {"address": "203.0.113.7", "subnets": ["100.100.65.0/24"], "gateway": "100.100.64.7"}
    own = {"local_address": "203.0.113.2", "address": "100.100.64.1/24", "interface": "vx0", "vni": 7}
    return interconnect(**{"mode": "vxlan", "peers": [peer], **own, **options})


def fleet(**network: Any) -> Fleet:
    defaults = {"image": "app:1", "command": ["sleep", "1000"], "stop_timeout": 0}
    entries = [{"name_prefix": "mem", "count": 1}]
    asked = {"subnet": [_FLEET_SUBNET], "masquerade": False, **network}
    return Fleet({"defaults": defaults, "containers": entries, "network": asked, "prune": True})


NO_FLEET = Fleet({"state": "absent"})
_NO_NETWORK = interconnect(state="absent")


def fleet_acts(says: str, taken: str) -> Tuple[Act, ...]:
    """On a bridge of that name; another of the fleet's own is there where it is changed."""
    both: Dict[str, Any] = {"level": "image", "last": (lambda _ground: NO_FLEET,)}
    return (
        Act(CREATE, "container_fleet", lambda _ground: fleet(bridge=taken), says=says, **both),
        Act(
            CHANGE,
            "container_fleet",
            lambda _ground: fleet(bridge=taken),
            says=says,
            first=(lambda _ground: fleet(),),
            ours_too=False,
            **both,
        ),
    )


_FLEET_BRIDGE = Foreign(
    "bridge in the place of the fleet's own",
    "ip link del br-web 2>/dev/null || true; ip link add br-web type bridge; ip link set br-web alias somebodys up",
    shown("br-web"),
    "ip link del br-web",
    (
        Act(
            CREATE,
            "container_fleet",
            lambda _ground: fleet(),
            "image",
            "bridge br-web was not made by this module",
            last=(lambda _ground: NO_FLEET,),
        ),
        Act(
            CHANGE,
            "container_fleet",
            lambda _ground: fleet(masquerade=True),
            "image",
            "bridge br-web was not made by this module",
            first=(lambda _ground: fleet(),),
            last=(lambda _ground: NO_FLEET,),
            ours_too=False,
        ),
        Act(REMOVE, "container_fleet", lambda _ground: NO_FLEET, "image", first=(lambda _ground: fleet(),)),
    ),
)
_PEER_ROUTE = Foreign(
    "route to another host's containers",
    "ip route add 100.100.65.0/24 via 203.0.113.9; ip route add 100.100.66.0/24 via 203.0.113.9",
    "ip -d route show 100.100.65.0/24; ip -d route show 100.100.66.0/24",
    "ip route del 100.100.65.0/24; ip route del 100.100.66.0/24",
    (
        Act(
            CREATE,
            "host_interconnect",
            lambda _ground: interconnect(),
            "nothing",
            f"there is a route to 100.100.65.0/24 already, through {OUTER}",
        ),
        Act(
            CHANGE,
            "host_interconnect",
            lambda _ground: tunnel(),
            "nothing",
            f"there is a route to 100.100.65.0/24 already, through {OUTER}",
        ),
        Act(REMOVE, "host_interconnect", lambda _ground: _NO_NETWORK, "nothing"),
    ),
)
_TUNNEL = Foreign(
    "link of the tunnel's name",
    "ip link add theirs0 type vxlan id 9 dstport 4799 local 203.0.113.2; ip link set theirs0 alias somebodys",
    shown("theirs0"),
    "ip link del theirs0",
    (
        Act(
            CREATE,
            "host_interconnect",
            lambda _ground: tunnel(interface="theirs0"),
            "nothing",
            "link theirs0 is there already and was not made by this module",
        ),
        Act(
            CHANGE,
            "host_interconnect",
            lambda _ground: tunnel(interface="theirs0"),
            "nothing",
            "link theirs0 is there already and was not made by this module",
            first=(lambda _ground: tunnel(),),
            last=(lambda _ground: _NO_NETWORK,),
        ),
        Act(
            REMOVE,
            "host_interconnect",
            lambda _ground: _NO_NETWORK,
            "nothing",
            first=(lambda _ground: tunnel(),),
        ),
    ),
)
_RIVAL = Foreign(
    "tunnel of the tunnel's number",
    "ip link add theirs0 type vxlan id 8 dstport 4789; ip link set theirs0 alias somebodys",
    shown("theirs0"),
    "ip link del theirs0",
    (
        Act(
            CREATE,
            "host_interconnect",
            lambda _ground: tunnel(vni=8),
            "nothing",
            "link theirs0 has VNI 8 at UDP port 4789, and was not made by this module",
        ),
        Act(
            CHANGE,
            "host_interconnect",
            lambda _ground: tunnel(vni=8),
            "nothing",
            "link theirs0 has VNI 8 at UDP port 4789, and was not made by this module",
            first=(lambda _ground: tunnel(),),
            last=(lambda _ground: _NO_NETWORK,),
        ),
        Act(REMOVE, "host_interconnect", lambda _ground: _NO_NETWORK, "nothing", first=(lambda _ground: tunnel(),)),
    ),
)

NETWORKS = (_FLEET_BRIDGE, _PEER_ROUTE, _TUNNEL, _RIVAL)
