# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted of a veth pair: the module's options, checked and brought into one form.

Nothing of the host is looked at here; what only it can tell (is the address taken?) is ``conflicts``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Tuple

from .._core.errors import ContainersError
from .._core.names import checked_name
from .._core.store import DEFAULT_STORE
from .addresses import Address, Cidr, cidrs, covered, default_route, gateways, on_link, routes
from .model import MARK, MTU_MIN6, Route
from .names import hardware_address, host_link_name, link_name
from .place import Place

MTU_MIN, MTU_MAX = 68, 65535


@dataclass(frozen=True)
class Wanted:
    """``place`` is None only where a pair is to be removed by the name of its outer end."""

    present: bool
    place: Optional[Place]
    host_interface: str
    interface: str
    host_addresses: Tuple[Cidr, ...] = ()
    addresses: Tuple[Cidr, ...] = ()
    routes: Tuple[Route, ...] = ()
    """Inside, complete: to the gateway, default, further ones."""
    host_routes: Tuple[Route, ...] = ()
    bridge: Optional[str] = None
    mtu: Optional[int] = None
    mac: Optional[str] = None
    checksum_offload: bool = True
    asked: Mapping[str, Any] = field(default_factory=dict)
    """The options as they were given, to be run again when the container is started with no task."""

    @property
    def alias(self) -> Optional[str]:
        """The mark of our outer end; None where any of ours will do."""
        return f"{MARK}{self.place.owner}:{self.interface}" if self.place else None

    @property
    def ipv6(self) -> bool:
        return any(cidr.version == 6 for cidr in self.addresses + self.host_addresses)


def spec(options: Mapping[str, Any]) -> Wanted:
    """Check the options. Raises ContainersError naming the option and the way out."""
    place = _place(options)
    interface = link_name("interface", options["interface"])
    host_interface = _host_interface(options, place, interface)
    bridge = link_name("bridge", options["bridge"]) if options["bridge"] is not None else None
    if bridge == host_interface:
        raise ContainersError(f"bridge and host_interface are both {bridge!r}", "They are two links")
    if options["state"] == "absent":
        return Wanted(False, place, host_interface, interface, bridge=bridge)
    if place is None:
        raise ContainersError("container or netns is needed to make a pair", "Only state=absent does without")
    inside = cidrs("address", options["address"] or ())
    outside = cidrs("host_address", options["host_address"] or ())
    hops = gateways("gateway", options["gateway"] or ())
    _fit_together(inside, outside, hops, bridge)
    return Wanted(
        present=True,
        place=place,
        host_interface=host_interface,
        interface=interface,
        host_addresses=outside,
        addresses=inside,
        routes=_inside_routes(inside, () if bridge else outside, hops, routes(options["routes"] or ())),
        host_routes=() if bridge else tuple(on_link(c.ip) for c in inside if not covered(c.ip, outside)),
        bridge=bridge,
        mtu=_mtu(options["mtu"], inside + outside),
        mac=hardware_address(options["mac"]) if options["mac"] is not None else None,
        checksum_offload=options["checksum_offload"],
        asked=dict(options),
    )


def _place(options: Mapping[str, Any]) -> Optional[Place]:
    store = options.get("store") or DEFAULT_STORE
    if options["container"] is not None and options["netns"] is not None:
        raise ContainersError("container and netns are both given", "Give the one that the pair leads into")
    if options["container"] is not None:
        return Place(container=checked_name(options["container"], "container"), store=store)
    if options["netns"] is not None:
        return Place(netns=_netns(options["netns"].strip()), store=store)
    return None


def _netns(value: str) -> str:
    if value.isascii() and value.isdigit() and int(value) > 0:
        return f"/proc/{int(value)}/ns/net"
    if value.startswith("/"):
        return value
    if not value or "/" in value or value in (".", ".."):
        raise ContainersError(
            f"netns {value!r} is neither a pid nor an absolute path",
            "Give a pid, a path such as /run/netns/blue, or a name that ip netns shows",
        )
    return f"/run/netns/{value}"


def _host_interface(options: Mapping[str, Any], place: Optional[Place], interface: str) -> str:
    if options["host_interface"] is not None:
        return link_name("host_interface", options["host_interface"])
    if place is None:
        raise ContainersError("container, netns or host_interface is needed to find the pair")
    return host_link_name(place.owner, interface, plain=bool(place.container))


def _fit_together(
    inside: Tuple[Cidr, ...], outside: Tuple[Cidr, ...], hops: Tuple[Address, ...], bridge: Optional[str]
) -> None:
    ours = {cidr.ip for cidr in inside}
    for cidr in outside:
        if cidr.ip in ours:
            raise ContainersError(f"host_address and address are both {cidr.ip}", "Each end needs one of its own")
        if not bridge and not any(cidr.version == other.version for other in inside):
            raise ContainersError(
                f"host_address {cidr} has no counterpart: no address is IPv{cidr.version}",
                f"Give the container an IPv{cidr.version} address too",
            )
    for hop in hops:
        if hop in ours:
            raise ContainersError(f"gateway {hop} is the container's own address", "It is usually host_address")
        if not any(hop.version == cidr.version for cidr in inside):
            raise ContainersError(f"gateway {hop} is of no use: no address is IPv{hop.version}")
        for cidr in inside:
            network = cidr.network
            if network.num_addresses > 2 and network.version == 4 and hop in (network[0], network[-1]):
                raise ContainersError(f"gateway {hop} is not the address of a host in {network}")


def _inside_routes(
    inside: Tuple[Cidr, ...], outside: Tuple[Cidr, ...], hops: Tuple[Address, ...], further: Tuple[Route, ...]
) -> Tuple[Route, ...]:
    neighbours = dict.fromkeys([*hops, *(cidr.ip for cidr in outside)])
    links = tuple(on_link(address) for address in neighbours if not covered(address, inside))
    defaults = tuple(default_route(hop) for hop in hops)
    for route in further:
        _reachable(route, inside, links)
        if any((route.dest, route.metric) == (other.dest, other.metric) for other in defaults):
            raise ContainersError(f"route {route.dest} is what gateway gives already", "Leave out one of the two")
    return links + tuple(r for r in further if r.gateway is None and r not in links) + defaults + _hops_last(further)


def _hops_last(further: Tuple[Route, ...]) -> Tuple[Route, ...]:
    return tuple(route for route in further if route.gateway is not None)


def _reachable(route: Route, inside: Tuple[Cidr, ...], links: Tuple[Route, ...]) -> None:
    if not any(route.ipv6 == (cidr.version == 6) for cidr in inside):
        raise ContainersError(f"route {route.dest} is of no use: address has none of its IP version")
    if route.gateway is None:
        return
    hop = gateways("gateway", (route.gateway,))[0]
    if any(cidr.ip == hop for cidr in inside):
        raise ContainersError(f"route {route.dest}: gateway {hop} is the container's own address")
    if not covered(hop, inside) and on_link(hop) not in links:
        raise ContainersError(f"route {route.dest}: gateway {hop} is in no subnet of address")


def _mtu(mtu: Optional[int], addresses: Tuple[Cidr, ...]) -> Optional[int]:
    if mtu is None:
        return None
    if not MTU_MIN <= mtu <= MTU_MAX:
        raise ContainersError(f"mtu {mtu} is not between {MTU_MIN} and {MTU_MAX}")
    if mtu < MTU_MIN6 and any(cidr.version == 6 for cidr in addresses):
        raise ContainersError(f"mtu {mtu} is too small for IPv6", f"IPv6 needs {MTU_MIN6}")
    return mtu
