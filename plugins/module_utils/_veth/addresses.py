# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses and routes as users write them, checked one by one; how they fit together is for ``spec``."""

from __future__ import annotations

import ipaddress
import re
from typing import Any, List, Mapping, Sequence, Tuple, Union

from .._core.errors import ContainersError
from .model import Route

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Cidr = Union[ipaddress.IPv4Interface, ipaddress.IPv6Interface]

_METRIC_MAX = 2**32 - 1
_METRIC6 = 1024
"""What the kernel makes of an IPv6 route without a metric."""

_ROUTE = re.compile(r"(?P<dest>\S+)(\s+via\s+(?P<gateway>\S+))?(\s+metric\s+(?P<metric>\d+))?")
_ANYWHERE = {4: "0.0.0.0/0", 6: "::/0"}


def cidrs(option: str, values: Sequence[str]) -> Tuple[Cidr, ...]:
    """The addresses of a list option, each with its prefix length and usable by a host."""
    found: List[Cidr] = []
    for value in values:
        cidr = _cidr(option, value.strip())
        if any(cidr.ip == other.ip for other in found):
            raise ContainersError(f"{option} {value!r} is given twice")
        found.append(cidr)
    return tuple(found)


def gateways(option: str, values: Sequence[str]) -> Tuple[Address, ...]:
    """The addresses of a list option, at most one per family."""
    found: List[Address] = []
    for value in values:
        address = _address(option, value)
        if any(address.version == other.version for other in found):
            raise ContainersError(
                f"{option} {value!r}: there is another of IPv{address.version} already",
                "A container has one default gateway per family; use routes for more",
            )
        found.append(address)
    return tuple(found)


def routes(values: Sequence[Any]) -> Tuple[Route, ...]:
    """The list option ``routes``: mappings with dest, gateway and metric, or ``DEST via GATEWAY``."""
    found: List[Route] = []
    for value in values:
        route = _route(value)
        if any((route.dest, route.metric) == (other.dest, other.metric) for other in found):
            raise ContainersError(f"route {route.dest} is given twice", "Two routes to one place need two metrics")
        found.append(route)
    return tuple(found)


def default_route(gateway: Address) -> Route:
    return Route(_ANYWHERE[gateway.version], str(gateway), _metric(gateway.version, 0))


def on_link(address: Address) -> Route:
    """The route to one neighbour that no subnet of the interface covers."""
    return Route(f"{address}/{address.max_prefixlen}", None, _metric(address.version, 0))


def covered(address: Address, subnets: Sequence[Cidr]) -> bool:
    """Whether the address is in one of the subnets, or reachable on any link (fe80::/10)."""
    return (address.is_link_local and address.version == 6) or any(address in cidr.network for cidr in subnets)


def _cidr(option: str, value: str) -> Cidr:
    if "/" not in value:
        address = _address(option, value)
        example = f"{address}/{24 if address.version == 4 else 64}"
        raise ContainersError(f"{option} {value!r} has no prefix length", f"Write it as {example}")
    if "%" in value:
        raise ContainersError(f"{option} {value!r} has a zone", "Leave out what follows '%'")
    try:
        cidr = ipaddress.ip_interface(value)
    except ValueError as error:
        raise ContainersError(f"{option} {value!r} is not an address with a prefix length ({error})") from error
    _usable(option, value, cidr.ip)
    network = cidr.network
    if network.num_addresses > 2 and cidr.ip == network.network_address:
        raise ContainersError(f"{option} {value!r} is the address of the whole subnet", "Give one within it")
    if cidr.version == 4 and network.num_addresses > 2 and cidr.ip == network.broadcast_address:
        raise ContainersError(f"{option} {value!r} is the broadcast address of its subnet", "Give one within it")
    return cidr


def _address(option: str, value: str) -> Address:
    if "%" in value:
        raise ContainersError(f"{option} {value!r} has a zone", "Leave out what follows '%'")
    try:
        address = ipaddress.ip_address(value.strip())
    except ValueError as error:
        hint = "It takes no prefix length here" if "/" in value else None
        raise ContainersError(f"{option} {value!r} is not an IP address", hint) from error
    _usable(option, value, address)
    return address


def _usable(option: str, value: str, address: Address) -> None:
    kinds = {
        "a multicast address": address.is_multicast,
        "a loopback address": address.is_loopback,
        "the unspecified address": address.is_unspecified,
        "the broadcast address": str(address) == "255.255.255.255",
    }
    for kind, applies in kinds.items():
        if applies:
            raise ContainersError(f"{option} {value!r} is {kind}, which no interface can have")


def _route(value: Any) -> Route:
    parts = _parts(value)
    dest = str(parts.get("dest") or "")
    gateway = parts.get("gateway")
    address = _address(f"route {dest}: gateway", str(gateway)) if gateway else None
    if dest == "default":
        if address is None:
            raise ContainersError("route default has no gateway")
        dest = _ANYWHERE[address.version]
    try:
        network = ipaddress.ip_network(dest, strict=False)
    except ValueError as error:
        raise ContainersError(f"route {dest!r}: its destination is not a subnet", "Write 10.1.0.0/16") from error
    if "/" in dest and str(network.network_address) != str(ipaddress.ip_interface(dest).ip):
        raise ContainersError(f"route {dest!r}: the destination has bits beyond its prefix", f"Write {network}")
    if address is not None and address.version != network.version:
        raise ContainersError(f"route {dest}: gateway {address} is of the other IP version")
    return Route(str(network), None if address is None else str(address), _metric(network.version, parts["metric"]))


def _parts(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        matched = _ROUTE.fullmatch(value.strip())
        if matched is None:
            raise ContainersError(f"route {value!r} can't be read", "Write 10.1.0.0/16 via 10.0.0.1 metric 100")
        parts = matched.groupdict()
        return {**parts, "metric": int(parts["metric"] or 0)}
    if not isinstance(value, Mapping) or not value.get("dest"):
        raise ContainersError(f"route {value!r} has no dest")
    unknown = set(value) - {"dest", "gateway", "metric"}
    if unknown:
        raise ContainersError(f"route {value['dest']}: {', '.join(sorted(unknown))} is not known here")
    try:
        return {**value, "metric": int(value.get("metric") or 0)}
    except (TypeError, ValueError) as error:
        raise ContainersError(f"route {value['dest']}: metric {value['metric']!r} is not a number") from error


def _metric(version: int, metric: int) -> int:
    if not 0 <= metric <= _METRIC_MAX:
        raise ContainersError(f"metric {metric} is not between 0 and {_METRIC_MAX}")
    return metric or (_METRIC6 if version == 6 else 0)
