# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which interface a packet leaves by, as the main routing table in /proc says.

Enough to find the interface that a container hangs on, without a netlink library. Out of scope:
policy routing, changing any route, and the default route (``networks``).
"""

from __future__ import annotations

import ipaddress
import sys
from typing import List, Optional, Tuple, Union

_Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
_Route = Tuple[_Network, int, str]
_UP = 0x1
_REJECT = 0x200


class Routes:
    """The main routing table and the interfaces of the network namespace we are in."""

    def __init__(self, root: str = "/proc/thread-self/net") -> None:
        self._root = root

    def interface_exists(self, name: str) -> bool:
        """Whether there is such an interface here."""
        with open(f"{self._root}/dev", encoding="ascii") as file:
            return any(line.split(":")[0].strip() == name for line in file)

    def interface_to(self, address: str) -> Optional[str]:
        """The interface of the most specific route to the address, the default route left aside."""
        wanted = ipaddress.ip_address(address)
        fitting = [r for r in self._routes(wanted.version) if r[0].prefixlen and wanted in r[0]]
        return min(fitting, key=lambda route: (-route[0].prefixlen, route[1]))[2] if fitting else None

    def _routes(self, family: int) -> List[_Route]:
        return self._routes4() if family == 4 else self._routes6()

    def _lines(self, name: str) -> List[List[str]]:
        try:
            with open(f"{self._root}/{name}", encoding="ascii") as file:
                return [line.split() for line in file]
        except FileNotFoundError:
            return []

    def _routes4(self) -> List[_Route]:
        found: List[_Route] = []
        for interface, target, _gateway, flags, _refs, _use, metric, mask, *_rest in self._lines("route")[1:]:
            if int(flags, 16) & _UP and not int(flags, 16) & _REJECT:
                network = ipaddress.IPv4Network((_address4(target), str(_address4(mask))), strict=False)
                found.append((network, int(metric), interface))
        return found

    def _routes6(self) -> List[_Route]:
        found: List[_Route] = []
        for target, length, _source, _slen, _via, metric, _refs, _use, flags, interface in self._lines("ipv6_route"):
            if int(flags, 16) & _UP and not int(flags, 16) & _REJECT and interface != "lo":
                network = ipaddress.IPv6Network((int(target, 16), int(length, 16)), strict=False)
                found.append((network, int(metric, 16), interface))
        return found


def _address4(text: str) -> ipaddress.IPv4Address:
    """/proc/net/route shows the four bytes as one number in the machine's own byte order."""
    return ipaddress.IPv4Address(int(text, 16).to_bytes(4, sys.byteorder))
