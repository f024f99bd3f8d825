# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links, addresses and routes as plain data, made of pyroute2's messages. Nothing is asked here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Tuple

from . import vxlan

AF_INET = 2
AF_INET6 = 10
PROTO_BOOT = 3
PROTO_STATIC = 4
PROTO_INTERCONNECT = 109
"""Marks the routes that host_interconnect sets; no routing daemon has that number."""
RT_SCOPE_LINK = 253
RTN_UNICAST = 1
IFA_F_NODAD = 0x02

_IFF_UP = 0x1
_IFA_F_SECONDARY = 0x01
_IFA_F_PERMANENT = 0x80
_RTN_LOCAL = 2
_SPANNING = ("IFLA_BR_STP_STATE", "IFLA_BR_FORWARD_DELAY")


@dataclass(frozen=True)
class Link:
    """A link as the kernel shows it. ``peer`` and ``peer_nsid`` are IFLA_LINK and IFLA_LINK_NETNSID."""

    index: int
    name: str
    kind: str
    mac: str
    mtu: int
    up: bool
    alias: str
    altnames: Tuple[str, ...]
    master: int
    peer: int
    peer_nsid: Optional[int]
    hairpin: bool
    spanning: bool
    """Of a bridge: spanning tree, or a delay of its own, keeps a new port from forwarding at once."""
    vxlan: Optional[vxlan.Tunnel] = None


@dataclass(frozen=True)
class LinkAddress:
    """An address in CIDR form. ``configured``: somebody set it; the kernel makes up or learns others."""

    cidr: str
    link: int
    configured: bool
    secondary: bool


@dataclass(frozen=True)
class LinkRoute:
    """A route of the main table, or (``local``) an address of the machine itself."""

    dest: str
    gateway: Optional[str]
    metric: int
    protocol: int
    link: int
    local: bool


def link_of(message: Any) -> Link:
    info = message.get_attr("IFLA_LINKINFO")
    slave = info.get_attr("IFLA_INFO_SLAVE_DATA") if info is not None else None
    data = info.get_attr("IFLA_INFO_DATA") if info is not None else None
    kind = info.get_attr("IFLA_INFO_KIND") if info is not None else None
    names = message.get_attr("IFLA_PROP_LIST")
    return Link(
        index=message["index"],
        name=message.get_attr("IFLA_IFNAME"),
        kind=kind or "",
        mac=message.get_attr("IFLA_ADDRESS") or "",
        mtu=message.get_attr("IFLA_MTU") or 0,
        up=bool(message["flags"] & _IFF_UP),
        alias=message.get_attr("IFLA_IFALIAS") or "",
        altnames=tuple(names.get_attrs("IFLA_ALT_IFNAME")) if names is not None else (),
        master=message.get_attr("IFLA_MASTER") or 0,
        peer=message.get_attr("IFLA_LINK") or 0,
        peer_nsid=message.get_attr("IFLA_LINK_NETNSID"),
        hairpin=bool(slave is not None and kind == "veth" and slave.get_attr("IFLA_BRPORT_MODE")),
        spanning=kind == "bridge" and data is not None and any(data.get_attr(name) for name in _SPANNING),
        vxlan=vxlan.tunnel_of(info),
    )


def address_of(message: Any) -> LinkAddress:
    address = message.get_attr("IFA_LOCAL") or message.get_attr("IFA_ADDRESS")
    flags = message.get_attr("IFA_FLAGS") or message["flags"]
    ipv6 = message["family"] == AF_INET6
    # the kernel's own fe80:: address is permanent too, but checked for duplicates, as none of ours is
    made_up = ipv6 and message["scope"] == RT_SCOPE_LINK and not flags & IFA_F_NODAD
    return LinkAddress(
        cidr=f"{address}/{message['prefixlen']}",
        link=message["index"],
        configured=bool(flags & _IFA_F_PERMANENT) and not made_up,
        secondary=bool(flags & _IFA_F_SECONDARY) and not ipv6,
    )


def route_of(message: Any) -> LinkRoute:
    anywhere = "::" if message["family"] == AF_INET6 else "0.0.0.0"
    return LinkRoute(
        dest=f"{message.get_attr('RTA_DST') or anywhere}/{message['dst_len']}",
        gateway=message.get_attr("RTA_GATEWAY"),
        metric=message.get_attr("RTA_PRIORITY") or 0,
        protocol=message["proto"],
        link=message.get_attr("RTA_OIF") or 0,
        local=message["type"] == _RTN_LOCAL,
    )
