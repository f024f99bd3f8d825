# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of the kernel turned into the room's plain data. Looks at one link at a time."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, List, Optional, Tuple

from .._sys.netlink_data import AF_INET, AF_INET6, PROTO_BOOT, PROTO_STATIC
from .model import Bridge, Interface, Route, is_reservation
from .names import bridge_mac
from .settings import NEW, OUTER, Names, read_settings

if TYPE_CHECKING:
    from .._sys.host import Host
    from .._sys.netlink import Netlink
    from .._sys.netlink_data import Link

_MACHINE_ID = "/etc/machine-id"
_CONFIGURED = (PROTO_BOOT, PROTO_STATIC)
"""Protocols of routes that somebody set: what ``ip route`` writes, and what we write."""


def interface_of(host: Host, netlink: Netlink, link: Optional[Link], settings: Names) -> Optional[Interface]:
    """The link with all that is on it; None if there is none or it went while it was looked at.

    (When a container ends, its link does a moment later.) For settings and offload the thread has to
    be in the link's namespace.
    """
    if link is None:
        return None
    addresses = [address for address in netlink.addresses(link.index) if address.configured]
    master = netlink.link_at(link.master) if link.master else None
    routes = () if master else tuple(route for _link, route in routes_of(netlink, link.index))
    found_settings = read_settings(host, settings, link.name, NEW)
    checksum_offload = host.offload.checksum(link.name) if link.kind == "veth" else True
    if checksum_offload is None:
        return None
    return Interface(
        name=link.name,
        kind=link.kind,
        mac=link.mac,
        mtu=link.mtu,
        up=link.up,
        addresses=tuple(address.cidr for address in addresses),
        secondary=tuple(address.cidr for address in addresses if address.secondary),
        routes=routes,
        settings=found_settings,
        checksum_offload=checksum_offload,
        alias=link.alias,
        bridge=master.name if master else None,
        hairpin=link.hairpin,
        reserved=tuple(sorted(name for name in link.altnames if is_reservation(name))),
    )


def bridge_of(host: Host, name: str, members: bool) -> Optional[Bridge]:
    """The host's link of that name as a bridge, with its members if asked; ``kind`` tells whether it is one."""
    netlink = host.networks.own
    link = netlink.link(name)
    if link is None:
        return None
    return Bridge(
        name=name,
        kind=link.kind,
        mac=link.mac,
        alias=link.alias,
        up=link.up,
        spanning=link.spanning,
        addresses=tuple(address.cidr for address in netlink.addresses(link.index) if address.configured),
        settings=read_settings(host, OUTER, name),
        members=tuple(sorted(netlink.members(link.index))) if members else (),
        half_made=is_half_made(host, link),
    )


def is_half_made(host: Host, link: Link) -> bool:
    """Whether it is a bridge that a run of ours made and was killed before it could mark it."""
    return link.kind == "bridge" and not link.alias and link.mac == bridge_mac(machine_of(host), link.name)


def machine_of(host: Host) -> str:
    """What tells this machine from others; empty where it has no such id."""
    with suppress(FileNotFoundError):
        return host.files.read(_MACHINE_ID).decode("ascii", "replace").strip()
    return ""


def routes_of(netlink: Netlink, link: int = 0) -> List[Tuple[int, Route]]:
    """Routes of the main table that somebody configured, with the indexes of their links."""
    found = [*netlink.routes(AF_INET, link), *netlink.routes(AF_INET6, link)]
    return [
        (route.link, Route(route.dest, route.gateway, route.metric)) for route in found if route.protocol in _CONFIGURED
    ]
