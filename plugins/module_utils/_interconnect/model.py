# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What connects one host to the others, as plain data, found or wanted alike: routes, and a VXLAN link.

A planner compares two of these. Whose they are is said by the network that they serve: routes carry the
protocol number of this module and lead into it, the link carries it in one of its names.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Optional, Tuple, Union

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]

MARK = "daemonless:interconnect:"
"""How the alias of our link begins; what follows is the network."""


def link_mark(network: str) -> str:
    """The further name by which the link of a network is found. The kernel lets one link only have it."""
    return f"daemonless-interconnect-{network.replace('/', '_').replace(':', '_')}"


@dataclass(frozen=True)
class Route:
    """A route to a subnet of another host, through a link of ours or the host's."""

    dest: str
    gateway: str
    interface: str

    def __str__(self) -> str:
        return f"{self.dest} via {self.gateway} through {self.interface}"


@dataclass(frozen=True)
class VxlanLink:
    """A VXLAN link; ``remotes`` are the hosts that frames for unknown neighbours go to."""

    name: str
    vni: int
    port: int
    local: str
    mac: str
    mtu: int
    up: bool = False
    alias: str = ""
    addresses: Tuple[str, ...] = ()
    remotes: Tuple[str, ...] = ()

    def same_tunnel(self, other: VxlanLink) -> bool:
        """Whether they differ only in what the kernel can change on a link that is there."""
        return (self.name, self.vni, self.port, self.local) == (other.name, other.vni, other.port, other.local)


@dataclass(frozen=True)
class Interconnect:
    """All of one network on this host."""

    routes: Tuple[Route, ...] = ()
    link: Optional[VxlanLink] = None
