# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interfaces of another network namespace and their addresses, at a glance.

For who looks at hundreds of namespaces: two requests each, and no package that takes longer to load than to ask.
Whoever is about to change something asks ``netlink``.
"""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass
from typing import Dict, Iterator, List, Tuple

from .attributes import attributes
from .networks import entered
from .rtsocket import RtSocket

_GETLINK, _GETADDR = 18, 22
_LINK = struct.Struct("=BxHiII")
_ADDRESS = struct.Struct("=BBBBI")
_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_MTU = 1, 3, 4
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_IFF_UP, _IFF_LOOPBACK = 0x1, 0x8


@dataclass(frozen=True)
class Interface:
    """``addresses`` are written with their prefix lengths, IPv4 first."""

    name: str
    mac: str
    mtu: int
    up: bool
    addresses: Tuple[str, ...]


class Interfaces:
    """See the file's first line."""

    def of(self, pid: int) -> List[Interface]:
        """All but loopback ones of the process's network namespace. Raises OSError where it is gone."""
        path = f"/proc/{pid}/ns/net"
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            with entered(descriptor, path):
                rtnetlink = RtSocket()
        finally:
            os.close(descriptor)
        try:
            links = rtnetlink.dump_raw(_GETLINK, bytes(_LINK.size))
            addresses = rtnetlink.dump_raw(_GETADDR, bytes(_ADDRESS.size))
        finally:
            rtnetlink.close()
        return list(_interfaces(links, _by_link(addresses)))


def _interfaces(links: List[bytes], addresses: Dict[int, List[str]]) -> Iterator[Interface]:
    for raw in links:
        _family, _type, index, flags, _change = _LINK.unpack_from(raw)
        if flags & _IFF_LOOPBACK:
            continue
        found = dict(attributes(raw, _LINK.size))
        name = found.get(_IFLA_IFNAME, b"").rstrip(b"\0").decode("utf-8", "replace")
        (mtu,) = struct.unpack("=I", found.get(_IFLA_MTU, bytes(4)))
        own = tuple(sorted(addresses.get(index, ()), key=lambda text: ":" in text))
        yield Interface(name, found.get(_IFLA_ADDRESS, b"").hex(":"), mtu, bool(flags & _IFF_UP), own)


def _by_link(addresses: List[bytes]) -> Dict[int, List[str]]:
    found: Dict[int, List[str]] = {}
    for raw in addresses:
        family, length, _flags, _scope, index = _ADDRESS.unpack_from(raw)
        values = dict(attributes(raw, _ADDRESS.size))
        address = values.get(_IFA_LOCAL, values.get(_IFA_ADDRESS))  # the other is the far end's on a link of two
        if address is not None:
            found.setdefault(index, []).append(f"{socket.inet_ntop(family, address)}/{length}")
    return found
