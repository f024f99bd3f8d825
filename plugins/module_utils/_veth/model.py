# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A veth pair as plain data, found or wanted alike: both ends, and the bridge the outer one is in.

A planner compares two of these; what they are made from is the business of ``observe`` and ``target``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Collection, Optional, Tuple

MARK = "daemonless:"
"""How the alias of every link of ours begins; what follows says whose it is."""

BRIDGE_ALIAS = f"{MARK}bridge"

MTU_MIN6 = 1280
"""The smallest MTU that IPv6 takes; an interface with a smaller one has no settings of IPv6."""

_RESERVATION = "daemonless-"


def reservation(segment: str, address: str) -> str:
    """The further name by which a link holds a container's address on one bridge (or, '', on the host).

    The kernel lets one link only have a name, and takes it away with the link.
    """
    return f"{_RESERVATION}{segment}-{address.replace(':', '_')}"


def is_reservation(altname: str) -> bool:
    return altname.startswith(_RESERVATION)


@dataclass(frozen=True)
class Route:
    """A route through the interface it belongs to. No gateway: the destination is on the link."""

    dest: str
    gateway: Optional[str] = None
    metric: int = 0

    @property
    def ipv6(self) -> bool:
        return ":" in self.dest

    def __str__(self) -> str:
        words = "default" if self.dest.endswith("/0") else self.dest
        if self.gateway:
            words += f" via {self.gateway}"
        return f"{words} metric {self.metric}" if self.metric not in (0, 1024) else words


@dataclass(frozen=True)
class Setting:
    """A kernel setting of an interface: family ``ipv4`` or ``ipv6``, its name, its value."""

    family: str
    name: str
    value: str

    def path(self, interface: str) -> str:
        return f"net/{self.family}/conf/{interface}/{self.name}"


@dataclass(frozen=True)
class Interface:
    """One end. ``secondary``: those of its addresses that the kernel drops together with their primary."""

    name: str
    mac: str
    mtu: int
    kind: str = "veth"
    up: bool = False
    addresses: Tuple[str, ...] = ()
    secondary: Tuple[str, ...] = ()
    routes: Tuple[Route, ...] = ()
    settings: Tuple[Setting, ...] = ()
    checksum_offload: bool = True
    alias: str = ""
    bridge: Optional[str] = None
    hairpin: bool = False
    reserved: Tuple[str, ...] = ()
    """Names that reserve the container's addresses on this host; see ``reservation``."""


@dataclass(frozen=True)
class Bridge:
    """A bridge of the host. ``members`` are names of links."""

    name: str
    mac: str
    alias: str
    kind: str = "bridge"
    up: bool = False
    spanning: bool = False
    addresses: Tuple[str, ...] = ()
    settings: Tuple[Setting, ...] = ()
    members: Tuple[str, ...] = ()
    half_made: bool = False
    """It is one of ours that isn't marked yet, as the run that made it was killed."""

    @property
    def ours(self) -> bool:
        return self.alias == BRIDGE_ALIAS or self.half_made

    def removable(self, leaving: Collection[str]) -> bool:
        """Whether nobody needs it any more once the links of these names have left it."""
        return self.ours and all(name in leaving for name in self.members)


@dataclass(frozen=True)
class Pair:
    """Both ends of one pair (``inside`` is the one in the container) and the bridge that it is in."""

    host: Interface
    inside: Interface
    bridge: Optional[Bridge] = None
    loopback_up: bool = False


@dataclass(frozen=True)
class Parts:
    """Links that have the names of a pair's, as far as there are any, whosever they are."""

    host: Optional[Interface] = None
    inside: Optional[Interface] = None
    bridge: Optional[Bridge] = None
    loopback_up: bool = False
