# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who else on this host claims the addresses that a pair is to get. Asks by address, lists nothing.

Only addresses that the pair doesn't have yet are asked for: with those it has, others are at fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator, Optional, Sequence, Tuple

from .model import Parts, reservation
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.netlink import Netlink
    from .addresses import Cidr


@dataclass(frozen=True)
class Holder:
    """Another's claim to an address: the link that has it or that it is reached through, and its alias."""

    address: str
    link: str
    alias: str
    local: bool
    """The host itself has the address; else a container behind the link does."""


@dataclass(frozen=True)
class Overlap:
    """A subnet on another link of the host which covers an address that the host is to get here too."""

    address: str
    subnet: str
    link: str


def holders(netlink: Netlink, wanted: Wanted, parts: Parts, own_names: Sequence[str]) -> Tuple[Holder, ...]:
    """Those who have one of the wanted addresses. ``own_names``: the links on which it is no conflict."""
    found = []
    for cidr in wanted.addresses:
        if parts.host is None or reservation(wanted.bridge or "", str(cidr.ip)) not in parts.host.reserved:
            found += [_reserved(netlink, wanted.bridge or "", cidr), _routed(netlink, cidr, not wanted.bridge)]
    found += [_routed(netlink, cidr, False) for cidr in _new_on_host(wanted, parts)]
    return tuple(holder for holder in found if holder is not None and holder.link not in own_names)


def overlaps(netlink: Netlink, wanted: Wanted, parts: Parts, own_names: Sequence[str]) -> Tuple[Overlap, ...]:
    """Subnets of other links that cover an address which brings a subnet of its own to the host."""
    found = []
    for cidr in _new_on_host(wanted, parts):
        route = netlink.route_to(str(cidr.ip))
        if cidr.network.num_addresses == 1 or route is None or route.local or route.gateway is not None:
            continue
        link = netlink.link_at(route.link)
        if link is not None and link.name not in own_names and not route.dest.endswith("/0"):
            found.append(Overlap(str(cidr), route.dest, link.name))
    return tuple(found)


def _new_on_host(wanted: Wanted, parts: Parts) -> Iterator[Cidr]:
    end = parts.bridge if wanted.bridge else parts.host
    for cidr in wanted.host_addresses:
        if end is None or str(cidr) not in end.addresses:
            yield cidr


def _reserved(netlink: Netlink, segment: str, cidr: Cidr) -> Optional[Holder]:
    link = netlink.link_also_named(reservation(segment, str(cidr.ip)))
    return Holder(str(cidr.ip), link.name, link.alias, local=False) if link else None


def _routed(netlink: Netlink, cidr: Cidr, to_others: bool) -> Optional[Holder]:
    """Who gets packets to just this address: the host itself, or (``to_others``) whoever is behind a link."""
    route = netlink.route_to(str(cidr.ip))
    alone = f"{cidr.ip}/{cidr.max_prefixlen}"
    if route is None or not (route.local or (to_others and route.dest == alone and route.gateway is None)):
        return None
    link = netlink.link_at(route.link)
    return Holder(str(cidr.ip), link.name, link.alias, route.local) if link else None
