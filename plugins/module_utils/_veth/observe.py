# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host as it is, as far as it concerns one veth pair.

A handful of questions by name, never a list of all links, addresses or routes of the host: the cost
is the same whether it has ten containers or a thousand. (Only the members of one bridge are listed.)
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Optional, Tuple

from .._container import replay
from .._container.replay import Memory
from .._core.store import Store
from .claims import Holder, Overlap, holders, overlaps
from .ends import bridge_of, interface_of, machine_of, routes_of
from .model import Bridge, Interface, Pair, Parts, Route, Setting
from .place import GoneError
from .settings import INNER, NEW, OUTER, read_settings
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host
    from .._sys.netlink_data import Link
    from .._sys.networks import Namespace

_NOTHING = Parts()
_MTU_UNKNOWN = 1500
_ATTEMPTS = 20
_PAUSE = 0.05
"""Seconds between them: a process in its last moments is still there, but its namespaces aren't."""


@dataclass(frozen=True)
class Found:
    """``parts`` are the links of the wanted names, whosever they are."""

    parts: Parts = _NOTHING
    connected: bool = False
    """The two ends among ``parts`` are each other's."""
    former: Optional[Interface] = None
    """The host's end of the pair that is inside, where it has another name than wanted."""
    left: Optional[Bridge] = None
    """The bridge that the pair is leaving, with its members."""
    place_exists: bool = True
    shares_host: bool = False
    other_routes: Tuple[Tuple[Route, str], ...] = ()
    """Routes inside that collide with wanted ones, with the names of the interfaces they go through."""
    holders: Tuple[Holder, ...] = ()
    overlaps: Tuple[Overlap, ...] = ()
    default_mtu: int = _MTU_UNKNOWN
    machine: str = ""
    """What tells this machine from others; made-up hardware addresses depend on it."""
    memory: Memory = field(default_factory=Memory)
    """What is remembered of the pair for when its container is started again."""
    new_outer: Tuple[Setting, ...] = ()
    new_inner: Tuple[Setting, ...] = ()
    """The settings that an interface begins with, on the host and inside."""

    @property
    def pair(self) -> Optional[Pair]:
        """The parts, if they make a pair."""
        parts = self.parts
        if not self.connected or parts.host is None or parts.inside is None:
            return None
        return Pair(parts.host, parts.inside, parts.bridge, parts.loopback_up)

    @property
    def outer_ends(self) -> Tuple[Interface, ...]:
        """What there is on the host of this pair, under the wanted name or another."""
        return tuple(link for link in (self.parts.host, self.former) if link is not None)


def observe(host: Host, wanted: Wanted) -> Found:
    """Look; and once more where the container ended meanwhile, as another run may be removing it.

    Raises ContainersError or OSError if the kernel can't be asked.
    """
    for _attempt in range(_ATTEMPTS):
        try:
            return _look(host, wanted)
        except (FileNotFoundError, ProcessLookupError, GoneError):
            time.sleep(_PAUSE)
    return _look(host, wanted)


def _look(host: Host, wanted: Wanted) -> Found:
    path = wanted.place.path(host) if wanted.place else None
    if path is not None and host.networks.is_own(path):
        return Found(shares_host=True)
    own = host.networks.own
    outer = own.link(wanted.host_interface)
    outer_end = interface_of(host, own, outer, OUTER)
    found = Found(
        parts=Parts(host=outer_end, bridge=bridge_of(host, wanted.bridge, members=False) if wanted.bridge else None),
        place_exists=path is not None,
        default_mtu=_default_mtu(host),
        machine=machine_of(host),
        memory=_memory(host, wanted),
        new_outer=read_settings(host, OUTER, NEW),
        new_inner=read_settings(host, INNER, NEW),
    )
    if path is not None and wanted.place is not None:
        with wanted.place.entered(host) as namespace:
            found = _with_inside(host, wanted, found, outer, namespace)
    found = replace(found, left=_bridge_left(host, wanted, found))
    if not wanted.present:
        return found
    names = _own_names(wanted, found)
    return replace(
        found, holders=holders(own, wanted, found.parts, names), overlaps=overlaps(own, wanted, found.parts, names)
    )


def _with_inside(host: Host, wanted: Wanted, found: Found, outer: Optional[Link], namespace: Namespace) -> Found:
    netlink = namespace.netlink
    inner = netlink.link(wanted.interface)
    loopback = netlink.link("lo")
    with namespace.entered():
        new_inner = read_settings(host, INNER, NEW)
        inside = interface_of(host, netlink, inner, INNER)
    connected, former = _other_end(host, outer, inner, namespace)
    return replace(
        found,
        parts=replace(found.parts, inside=inside, loopback_up=bool(loopback and loopback.up)),
        connected=connected,
        former=former,
        other_routes=_collisions(wanted, inner.index if inner else 0, namespace),
        new_inner=new_inner,
    )


def _other_end(
    host: Host, outer: Optional[Link], inner: Optional[Link], namespace: Namespace
) -> Tuple[bool, Optional[Interface]]:
    """Whether the outer link is the inner one's peer; if not, the host's link that is."""
    own = host.networks.own
    if inner is None or inner.kind != "veth":
        return False, None
    candidate = outer if outer and outer.index == inner.peer else own.link_at(inner.peer)
    if candidate is None or candidate.kind != "veth" or candidate.peer != inner.index:
        return False, None
    if candidate.peer_nsid is None or candidate.peer_nsid != own.nsid(namespace.descriptor):
        return False, None
    if outer is not None and candidate.index == outer.index:
        return True, None
    return False, interface_of(host, own, candidate, OUTER)


def _bridge_left(host: Host, wanted: Wanted, found: Found) -> Optional[Bridge]:
    outer = found.parts.host or found.former
    name = outer.bridge if outer else None
    if not wanted.present:
        name = name or wanted.bridge
    elif name == wanted.bridge:
        return None
    return bridge_of(host, name, members=True) if name else None


def _collisions(wanted: Wanted, inner: int, namespace: Namespace) -> Tuple[Tuple[Route, str], ...]:
    keys = {(route.dest, route.metric) for route in wanted.routes}
    found = []
    for link, route in routes_of(namespace.netlink):
        if link != inner and (route.dest, route.metric) in keys:
            other = namespace.netlink.link_at(link) if link else None
            found.append((route, other.name if other else "several interfaces"))
    return tuple(found)


def _own_names(wanted: Wanted, found: Found) -> Tuple[str, ...]:
    """The links on which the pair's addresses may be already without being anybody else's."""
    names = {wanted.host_interface, *(link.name for link in found.outer_ends)}
    if wanted.bridge:
        names.add(wanted.bridge)
    if found.left and found.left.removable(names):
        names.add(found.left.name)
    return tuple(names)


def _memory(host: Host, wanted: Wanted) -> Memory:
    if wanted.place is None or not wanted.place.container:
        return Memory()
    return replay.look(host, Store(wanted.place.store), wanted.place.container, replay.link(wanted.interface))


def _default_mtu(host: Host) -> int:
    name = host.networks.default_interface() or host.networks.default_interface(ipv6=True)
    link = host.networks.own.link(name) if name else None
    return link.mtu if link else _MTU_UNKNOWN
