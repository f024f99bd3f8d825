# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted between this host and the others: the module's options, checked and brought into one form.

Nothing of the host is looked at here; what only it can tell (does a router stand between?) is for the planner.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Sequence, Tuple, Union

from .._core.errors import ContainersError
from .model import Network

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Cidr = Union[ipaddress.IPv4Interface, ipaddress.IPv6Interface]

ROUTES, VXLAN = "routes", "vxlan"
VNI_MAX = 2**24 - 1
MTU_MIN, MTU_MAX = 68, 65535
_NAME = re.compile(r"[!-.0-9;-~]{1,15}")


@dataclass(frozen=True)
class Way:
    """Where packets to one subnet go: ``gateway`` is the next hop, ``peer`` the host that has the subnet."""

    dest: str
    gateway: str
    peer: str


@dataclass(frozen=True)
class Wanted:
    """The tunnel's part (from ``local`` on) means something with mode ``vxlan`` only."""

    present: bool
    network: Network
    mode: str = ROUTES
    ways: Tuple[Way, ...] = ()
    peers: Tuple[str, ...] = ()
    local: str = ""
    address: str = ""
    vni: int = 0
    port: int = 0
    interface: str = ""
    mtu: Optional[int] = None

    @property
    def ipv6(self) -> bool:
        return self.network.version == 6


def spec(options: Mapping[str, Any]) -> Wanted:
    """Check the options. Raises ContainersError naming the option and the way out."""
    network = _network("network", options["network"])
    if options["state"] == "absent":
        return Wanted(False, network)
    vxlan = options["mode"] == VXLAN
    peers = options["peers"] or []
    ways = tuple(way for peer in peers for way in _ways(peer, network, vxlan))
    _no_subnet_twice(ways)
    wanted = Wanted(
        present=True,
        network=network,
        mode=options["mode"],
        ways=ways,
        peers=tuple(dict.fromkeys(str(_address("peers: address", peer["address"])) for peer in peers)),
    )
    return _with_tunnel(wanted, options) if vxlan else wanted


def _with_tunnel(wanted: Wanted, options: Mapping[str, Any]) -> Wanted:
    for option in ("local_address", "address"):
        if not options[option]:
            raise ContainersError(f"{option} is missing", "mode=vxlan needs it; see the module's examples")
    local = _address("local_address", options["local_address"])
    for peer in wanted.peers:
        if ipaddress.ip_address(peer).version != local.version:
            raise ContainersError(f"peer {peer} and local_address {local} are of two IP versions")
        if peer == str(local):
            raise ContainersError(f"peer {peer} is local_address", "Leave this host out of peers")
    link = _link_address(options["address"], wanted.network)
    for way in wanted.ways:
        hop = ipaddress.ip_address(way.gateway)
        if hop == link.ip or hop not in link.network:
            raise ContainersError(
                f"gateway {hop} of peer {way.peer} is not a neighbour of address {link}",
                "It is the peer's own address on the VXLAN, in the subnet of address",
            )
    vni = options["vni"] if options["vni"] is not None else _made_up_vni(wanted.network)
    return Wanted(
        present=True,
        network=wanted.network,
        mode=wanted.mode,
        ways=wanted.ways,
        peers=wanted.peers,
        local=str(local),
        address=str(link),
        vni=_within("vni", vni, 1, VNI_MAX),
        port=_within("port", options["port"], 1, 65535),
        interface=_interface(options["interface"] or f"vxlan{vni}"),
        mtu=None if options["mtu"] is None else _within("mtu", options["mtu"], MTU_MIN, MTU_MAX),
    )


def _ways(peer: Mapping[str, Any], network: Network, vxlan: bool) -> List[Way]:
    address = _address("peers: address", peer["address"])
    if vxlan and not peer["gateway"]:
        raise ContainersError(f"peer {address} has no gateway", "With mode=vxlan it is the peer's address on the VXLAN")
    gateway = _address("peers: gateway", peer["gateway"]) if vxlan else address
    found = []
    for text in peer["subnets"]:
        subnet = _network("peers: subnets", text)
        if subnet.version != network.version or not subnet.subnet_of(network):  # type: ignore[arg-type]
            raise ContainersError(f"subnet {subnet} of peer {address} is not within network {network}")
        if gateway.version != network.version:
            raise ContainersError(
                f"subnet {subnet} can't be reached through {gateway}, which is of the other IP version"
            )
        found.append(Way(str(subnet), str(gateway), str(address)))
    return found


def _no_subnet_twice(ways: Sequence[Way]) -> None:
    for at, way in enumerate(ways):
        for other in ways[:at]:
            if ipaddress.ip_network(way.dest).overlaps(ipaddress.ip_network(other.dest)):
                raise ContainersError(
                    f"subnets {other.dest} of peer {other.peer} and {way.dest} of peer {way.peer} overlap"
                )


def _network(option: str, text: str) -> Network:
    try:
        network = ipaddress.ip_network(text.strip())
    except ValueError as error:
        raise ContainersError(f"{option} {text!r} is not a network ({error})", "Write it as 198.51.100.0/24") from error
    if network.prefixlen == 0 or network.is_multicast or network.is_loopback:
        raise ContainersError(f"{option} {text!r} can't be a network of containers")
    return network


def _address(option: str, text: str) -> Address:
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError as error:
        raise ContainersError(f"{option} {text!r} is not an IP address", "A host name is not enough here") from error


def _link_address(text: str, network: Network) -> Cidr:
    try:
        cidr = ipaddress.ip_interface(text.strip())
    except ValueError as error:
        raise ContainersError(f"address {text!r} is not an address with a prefix length ({error})") from error
    if "/" not in text or cidr.ip not in network:
        raise ContainersError(f"address {text!r} is not within network {network}", "Write it with its prefix length")
    return cidr


def _made_up_vni(network: Network) -> int:
    """The same on every host: the network is what they have in common."""
    return int(hashlib.sha256(str(network).encode()).hexdigest()[:6], 16) or 1


def _within(option: str, value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise ContainersError(f"{option} {value} is not between {least} and {most}")
    return value


def _interface(name: str) -> str:
    if not _NAME.fullmatch(name) or name in (".", "..", "lo", "all", "default") or "%" in name:
        raise ContainersError(f"interface {name!r} is not a name for a link", "At most 15 letters, digits, '-' and '_'")
    return name
