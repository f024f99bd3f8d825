# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be said of a whole fleet before the first change: every option of every member, ports, ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Tuple

from .._container.room import ROOM as CONTAINER
from .._core.errors import ContainersError, step
from .._image.room import ROOM as IMAGE
from .._nat.ports import Port, overlap
from .._nat.room import ROOM as NAT
from .._rootfs.room import ROOM as ROOTFS
from .._veth.room import ROOM as VETH
from . import options
from .members import Member
from .network import FIRST
from .roster import Roster
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host


def check_options(wanted: Wanted) -> None:
    """Have each room check its options for each member. Raises ContainersError naming the member."""
    if wanted.state != "started":
        return
    published = []
    for member in wanted.members:
        with step(f"container {member.name}"):
            published += [(member.name, port) for port in _check_member(wanted, member)]
    twice = overlap([port for _name, port in published])
    if twice is not None:
        (one, port), (other, _same) = (published[place] for place in twice)
        raise ContainersError(f"port {port.text()} is to be published for both {one} and {other}")


def _check_member(wanted: Wanted, member: Member) -> Tuple[Port, ...]:
    """The ports that it is to have published."""
    image = options.image(wanted, member)
    if image is not None:
        IMAGE.spec(image)
    ROOTFS.spec(options.rootfs(wanted, member, member.given.get("image_src"), "mounted"))
    CONTAINER.spec(options.container(wanted, member, "started"))
    options.refuse_both(wanted, member)
    number = FIRST if wanted.network is not None else None
    link = options.veth(wanted, member, number, "present")
    if link is not None:
        VETH.spec(link)
    rules = options.nat(wanted, member, number, "")
    return () if rules is None else NAT.spec(rules).ports


def check_ways_out(host: Host, wanted: Wanted, plan: Roster) -> None:
    """Raises ContainersError where the fleet's network is to lead out and the host itself has no way out."""
    net = wanted.network
    if net is None or not (net.masquerade and plan.numbers and plan.up) or net.out_interface:
        return
    if not any(host.networks.default_interface(ipv6) for ipv6 in (False, True)):
        raise ContainersError(
            "network: the host has no default route by which containers could reach others",
            "Give out_interface, or set masquerade to false in network",
        )
