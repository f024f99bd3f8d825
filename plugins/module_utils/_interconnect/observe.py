# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host as it is, as far as it concerns the interconnect of one network.

Asks by name, by address, for the routes that carry our protocol number and for tunnels, of which the kernel lets one
only have a number and a port.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Dict, Mapping, Optional, Tuple

from .._sys.netlink_data import AF_INET, AF_INET6, PROTO_INTERCONNECT
from .model import Interconnect, Route, VxlanLink, link_mark
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host
    from .._sys.netlink import Netlink
    from .._sys.netlink_data import Link, LinkRoute

FORWARDING = {4: "net/ipv4/ip_forward", 6: "net/ipv6/conf/all/forwarding"}


@dataclass(frozen=True)
class Path:
    """How the host reaches an address now: ``local`` is its own; ``gateway`` a router on the way."""

    interface: str
    mtu: int
    local: bool = False
    gateway: Optional[str] = None


@dataclass(frozen=True)
class Found:
    """``paths`` are to the peers and the local address, by address; those that lead nowhere are left out."""

    current: Interconnect = field(default_factory=Interconnect)
    in_the_way: Tuple[Tuple[str, str], ...] = ()
    """Wanted subnets that others have a route to, each with the link that it leads through."""
    named: str = ""
    """The kind of another's link that has the wanted name; empty where the name is free or our link's."""
    rival: str = ""
    """Another's link that has the wanted VNI at the wanted port."""
    paths: Mapping[str, Path] = field(default_factory=dict)
    forwarding: Optional[str] = None


def observe(host: Host, wanted: Wanted) -> Found:
    """Look. Raises ContainersError or OSError if the kernel can't be asked."""
    netlink = host.networks.own
    link = netlink.link_also_named(link_mark(str(wanted.network)))
    current = Interconnect(_routes(netlink, wanted), _vxlan(netlink, link))
    if not wanted.present:
        return Found(current)
    named = netlink.link(wanted.interface) if wanted.interface else None
    return Found(
        current=current,
        in_the_way=_in_the_way(netlink, wanted),
        named=(named.kind or "plain") if named and _is_anothers(named, link) else "",
        rival=_rival(netlink, wanted, link),
        paths=_paths(netlink, (*wanted.peers, *((wanted.local,) if wanted.local else ()))),
        forwarding=host.sysctl.read(FORWARDING[wanted.network.version]),
    )


def _rival(netlink: Netlink, wanted: Wanted, link: Optional[Link]) -> str:
    if not wanted.interface:
        return ""
    tunnels = [(other, other.vxlan) for other in netlink.links("vxlan") if other.vxlan and _is_anothers(other, link)]
    return next((other.name for other, at in tunnels if (at.vni, at.port) == (wanted.vni, wanted.port)), "")


def _is_anothers(found: Link, ours: Optional[Link]) -> bool:
    return ours is None or found.index != ours.index


def _vxlan(netlink: Netlink, link: Optional[Link]) -> Optional[VxlanLink]:
    if link is None:
        return None
    tunnel = link.vxlan
    return VxlanLink(
        name=link.name,
        vni=tunnel.vni if tunnel else 0,
        port=tunnel.port if tunnel else 0,
        local=tunnel.local if tunnel else "",
        mac=link.mac,
        mtu=link.mtu,
        up=link.up,
        alias=link.alias,
        addresses=tuple(address.cidr for address in netlink.addresses(link.index) if address.configured),
        remotes=tuple(sorted(netlink.remotes(link.index))),
    )


def _routes(netlink: Netlink, wanted: Wanted) -> Tuple[Route, ...]:
    family = AF_INET6 if wanted.ipv6 else AF_INET
    found = [
        Route(route.dest, route.gateway or "", _name(netlink, route.link))
        for route in netlink.routes(family, protocol=PROTO_INTERCONNECT)
        if ipaddress.ip_network(route.dest).subnet_of(wanted.network)  # type: ignore[arg-type]
    ]
    return tuple(sorted(found, key=str))


def _in_the_way(netlink: Netlink, wanted: Wanted) -> Tuple[Tuple[str, str], ...]:
    found = []
    for way in wanted.ways:
        route = netlink.route_to(way.dest.split("/")[0])
        if route is not None and _covers(route, way.dest) and route.protocol != PROTO_INTERCONNECT:
            found.append((way.dest, _name(netlink, route.link)))
    return tuple(found)


def _covers(route: LinkRoute, dest: str) -> bool:
    """Whether the route is for this subnet, or for a part of it, so that ours would not be heeded."""
    return ipaddress.ip_network(route.dest).prefixlen >= ipaddress.ip_network(dest).prefixlen


def _paths(netlink: Netlink, addresses: Tuple[str, ...]) -> Dict[str, Path]:
    found = {}
    for address in addresses:
        route = netlink.route_to(address)
        link = netlink.link_at(route.link) if route and route.link else None
        if route is not None and link is not None:
            found[address] = Path(link.name, link.mtu, route.local, route.gateway)
    return found


def _name(netlink: Netlink, index: int) -> str:
    link = netlink.link_at(index) if index else None
    return link.name if link else "?"
