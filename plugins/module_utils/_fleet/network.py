# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet's own network: which addresses its subnets have to give, and what a container gets of them. Pure.

An address is told by its number in the subnet, the same one in each family. Number 1 is the host's.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Set, Tuple, Union

from .._core.errors import ContainersError

GATEWAY = 1
FIRST = 2
_BRIDGE = "bridge"
_LINK_NAME_MAX = 15

Subnet = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]


@dataclass(frozen=True)
class Network:
    """``bridge`` is None where each container has a link of its own."""

    subnets: Tuple[Subnet, ...]
    bridge: Optional[str]
    masquerade: bool
    out_interface: Optional[str]
    routed: Tuple[str, ...] = ()
    """Networks that the containers talk with under their own addresses."""

    def addresses(self, number: int) -> List[str]:
        """With prefix lengths: the subnets' on a bridge, those of single addresses without one."""
        return [f"{net[number]}/{net.prefixlen if self.bridge else net.max_prefixlen}" for net in self.subnets]

    def veth(self, number: int) -> Dict[str, Any]:
        """The options of veth_pair that follow from it."""
        gateways = [str(net[GATEWAY]) for net in self.subnets]
        return {
            "address": self.addresses(number),
            "host_address": self.addresses(GATEWAY),
            "gateway": gateways,
            "bridge": self.bridge,
        }

    @property
    def texts(self) -> List[str]:
        return [str(net) for net in self.subnets]

    @staticmethod
    def overlaps(subnet: Subnet, other: str) -> bool:
        """Whether the other subnet, as a record has it, shares addresses with this one."""
        found = ipaddress.ip_network(other)
        return found.version == subnet.version and found.overlaps(subnet)

    @property
    def last(self) -> int:
        """The last number that a container can have."""
        return min(net.num_addresses - (2 if net.version == 4 else 1) for net in self.subnets)


def network(options: Optional[Mapping[str, Any]], fleet: str) -> Optional[Network]:
    """Raises ContainersError naming the option."""
    if options is None:
        return None
    subnets = tuple(_subnet(text) for text in options["subnet"])
    versions = [net.version for net in subnets]
    if not subnets or len(set(versions)) < len(versions):
        raise ContainersError("network: subnet needs one subnet of each IP version that is to be used")
    bridge = options["bridge"]
    if options["mode"] != _BRIDGE and bridge:
        raise ContainersError(f"network: bridge {bridge!r} is given, and mode is {options['mode']}", "Leave one out")
    named = bridge or _bridge_name(fleet)
    return Network(
        subnets=subnets,
        bridge=named if options["mode"] == _BRIDGE else None,
        masquerade=options["masquerade"],
        out_interface=options["out_interface"],
        routed=tuple(options["routed_networks"] or ()),
    )


def allocate(
    net: Network, names: Sequence[str], kept: Mapping[str, int], reserved: Iterable[str] = ()
) -> Dict[str, int]:
    """A number for each name: the one it has, or the lowest that is free. Raises ContainersError where none is left.

    ``reserved`` are addresses that containers were given by hand.
    """
    last = net.last
    numbers = {name: kept[name] for name in names if FIRST <= kept.get(name, 0) <= last}
    used = set(kept.values()) | _numbers(net, reserved)
    free = FIRST
    for name in names:
        if name in numbers:
            continue
        while free in used:
            free += 1
        if free > last:
            raise ContainersError(
                f"network: {' and '.join(net.texts)} has no address left for container {name}",
                f"It holds {max(last - FIRST + 1, 0)} containers; give a larger subnet, or prune those not needed",
            )
        numbers[name] = free
        used.add(free)
    return numbers


def _numbers(net: Network, addresses: Iterable[str]) -> Set[int]:
    found = set()
    for text in addresses:
        address = ipaddress.ip_interface(text).ip
        for subnet in net.subnets:
            if address.version == subnet.version and address in subnet:
                found.add(int(address) - int(subnet.network_address))
    return found


def _subnet(text: str) -> Subnet:
    try:
        subnet = ipaddress.ip_network(text.strip())
    except ValueError as error:
        raise ContainersError(f"network: subnet {text!r} is not a subnet ({error})", "Write 100.100.0.0/16") from error
    if subnet.num_addresses < 4 or subnet.is_multicast or subnet.is_loopback:
        raise ContainersError(f"network: subnet {text} has no room for a host and containers")
    return subnet


def _bridge_name(fleet: str) -> str:
    readable = f"br-{fleet}"
    if len(readable) <= _LINK_NAME_MAX:
        return readable
    return "br" + hashlib.sha256(fleet.encode()).hexdigest()[: _LINK_NAME_MAX - len("br")]
