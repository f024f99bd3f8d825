# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links, bridges, addresses, routes and network namespaces of somebody else's, in the way of one container's pair."""

from __future__ import annotations

from typing import Tuple

from fault_cases import OUTER, container, veth
from foreign import CHANGE, CREATE, REMOVE, Act, Foreign, acts
from foreign_networks import fleet_acts, shown

_PID = r"""pid=$(sed 's/.*"pid": \([0-9]*\).*/\1/' /run/daemonless/containers/web.json)"""


def bridge_shown(name: str) -> str:
    """What a bridge keeps when somebody joins it: hardware address and MTU the kernel takes from its members."""
    return (
        f"cat /sys/class/net/{name}/ifalias /sys/class/net/{name}/bridge/stp_state "
        f"/sys/class/net/{name}/ifindex; ip -br addr show dev {name} scope global | awk '{{$2=\"\"; print}}'"
    )


def _theirs(name: str) -> str:
    return f"ip link add {name} type veth peer name theirs9; ip link set {name} alias somebodys up"


def _no_bridge_of_ours(pair_says: str, fleet_says: str) -> Tuple[Act, ...]:
    """Where a pair, and a fleet, is to be on the link theirs0."""
    return (
        *acts(
            "veth_pair",
            "container",
            lambda _ground: veth(bridge="theirs0"),
            lambda _ground: veth(bridge="theirs0"),
            lambda _ground: veth(bridge="theirs0", state="absent"),
            pair_says,
        ),
        *fleet_acts(fleet_says, "theirs0"),
    )


_LINK = Foreign(
    "link of the wanted name",
    _theirs("theirs0"),
    shown("theirs0", "theirs9"),
    "ip link del theirs0",
    acts(
        "veth_pair",
        "container",
        lambda _ground: veth(host_interface="theirs0"),
        lambda _ground: veth(host_interface="theirs0"),
        lambda _ground: veth(host_interface="theirs0", state="absent"),
        "link theirs0 is there already and is not a pair of this module's",
        stays=True,
    ),
)
_LINK_LIKE_OURS = Foreign(
    "link of another kind that is called ours",
    "ip link add theirs0 type bridge; ip link set theirs0 alias daemonless:web:eth0",
    shown("theirs0"),
    "ip link del theirs0",
    acts(
        "veth_pair",
        "container",
        lambda _ground: veth(host_interface="theirs0"),
        lambda _ground: veth(host_interface="theirs0"),
        lambda _ground: veth(host_interface="theirs0", state="absent"),
        "link theirs0 is there already",
        stays=True,
    ),
)
_INSIDE = Foreign(
    "interface in the container",
    f"{_PID}; ip link add theirs0 type veth peer name eth7 netns $pid",
    f"{_PID}; {shown('theirs0')}; nsenter -t $pid -n ip addr show dev eth7",
    "ip link del theirs0",
    acts(
        "veth_pair",
        "container",
        lambda _ground: veth(interface="eth7"),
        lambda _ground: veth(interface="eth7", address=["100.100.1.7/24"], host_address=None, gateway=None),
        lambda _ground: veth(state="absent"),
        "eth7 in container web is there already and was not made by this module",
    ),
)
_NO_BRIDGE = Foreign(
    "link of the bridge's name",
    _theirs("theirs0"),
    shown("theirs0"),
    "ip link del theirs0",
    _no_bridge_of_ours(
        "link theirs0 is there already and is no bridge", "link theirs0 is there already and is no bridge"
    ),
)
_BRIDGE = Foreign(
    "bridge without our address",
    "ip link add theirs0 type bridge; ip link set theirs0 alias somebodys up; ip addr add 198.51.100.1/24 dev theirs0",
    shown("theirs0"),
    "ip link del theirs0",
    _no_bridge_of_ours(
        "bridge theirs0 was not made by this module and doesn't have the address 100.100.1.1/24",
        "bridge theirs0 was not made by this module and doesn't have the address",
    ),
)
_JOINED = Foreign(
    "bridge that a container joins",
    "ip link add theirs0 type bridge stp_state 1; ip link set theirs0 alias somebodys up; "
    "ip addr add 198.51.100.1/24 dev theirs0",
    bridge_shown("theirs0"),
    "ip link del theirs0",
    acts(
        "veth_pair",
        "container",
        lambda _ground: veth(bridge="theirs0", host_address=None, gateway=None),
        lambda _ground: veth(bridge="theirs0", host_address=None, gateway=None, mtu=1400),
        lambda _ground: veth(bridge="theirs0", state="absent"),
    ),
)
_ROUTE_TO_IT = Foreign(
    "route to the container's address",
    f"ip route add 100.100.1.7/32 dev {OUTER}",
    "ip route show 100.100.1.7",
    f"ip route del 100.100.1.7/32 dev {OUTER}",
    (
        acts(
            "veth_pair",
            "container",
            lambda _ground: veth(address=["100.100.1.7/24"]),
            lambda _ground: veth(address=["100.100.1.7/24"]),
            lambda _ground: veth(state="absent"),
            f"address 100.100.1.7 is taken: the host routes it through {OUTER}",
        )
    ),
)
_ADDRESS = Foreign(
    "address of the host",
    f"ip addr add 100.100.7.1/24 dev {OUTER}",
    shown(OUTER),
    f"ip addr del 100.100.7.1/24 dev {OUTER}",
    (
        acts(
            "veth_pair",
            "container",
            lambda _ground: veth(address=["100.100.7.2/24"], host_address=["100.100.7.1/24"], gateway=["100.100.7.1"]),
            lambda _ground: veth(address=["100.100.7.2/24"], host_address=["100.100.7.1/24"], gateway=["100.100.7.1"]),
            lambda _ground: veth(state="absent"),
            f"address 100.100.7.1 is taken: the host has it on {OUTER}",
        )
    ),
)
_NAMESPACE = Foreign(
    "network namespace",
    "ip netns add web; ip -n web link add theirs0 type bridge; ip -n web addr add 198.51.100.9/24 dev theirs0",
    "ls -i /run/netns; ip -n web addr show dev theirs0",
    "ip netns del web",
    (
        Act(CREATE, "ns_container", lambda _ground: container(), "rootfs"),
        Act(
            CREATE,
            "veth_pair",
            lambda _ground: veth(container=None, netns="/run/netns/web", host_interface="ours0"),
            "nothing",
            last=(
                lambda _ground: veth(container=None, netns="/run/netns/web", host_interface="ours0", state="absent"),
            ),
        ),
        Act(
            CHANGE,
            "veth_pair",
            lambda _ground: veth(container=None, netns="/run/netns/web", interface="theirs0"),
            "nothing",
            "theirs0 in network namespace /run/netns/web is there already",
        ),
        Act(REMOVE, "ns_container", lambda _ground: container(state="absent"), "container"),
        Act(
            REMOVE,
            "veth_pair",
            lambda _ground: veth(container=None, netns="/run/netns/web", interface="theirs0", state="absent"),
            "nothing",
        ),
    ),
)
LINKS = (_LINK, _LINK_LIKE_OURS, _INSIDE, _NO_BRIDGE, _BRIDGE, _JOINED, _ROUTE_TO_IT, _ADDRESS, _NAMESPACE)
