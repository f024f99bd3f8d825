# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is wanted and what was found to the ops that lead from one to the other. Pure."""

from __future__ import annotations

import hashlib
from typing import Any, Dict, List, Optional

from .._core.errors import ContainersError
from .._core.plan import Op, Plan
from .model import MARK, Interconnect, Route, VxlanLink, link_mark
from .observe import FORWARDING, Found, Path
from .ops import AddLink, ChangeRemote, ChangeRoute, RemoveLink, TurnOnForwarding, change_address, set_attribute
from .spec import VXLAN, Wanted

OVERHEAD = {4: 50, 6: 70}
"""What VXLAN puts before a frame, Ethernet's own header counted, over IPv4 and over IPv6."""

_MTU_MIN6 = 1280


def plan(wanted: Wanted, found: Found) -> Plan:
    """Compare. Raises ContainersError where the hosts can't be connected so, or something of others' is in the way."""
    current = found.current
    aim = target(wanted, found) if wanted.present else Interconnect()
    ops = _ops(wanted, current, aim)
    if wanted.present and found.forwarding == "0":
        ops.insert(0, TurnOnForwarding(FORWARDING[wanted.network.version]))
    before = {**view(current, detailed=True), "forwarding": found.forwarding}
    after = {**view(aim, detailed=True), "forwarding": "1" if found.forwarding == "0" else found.forwarding}
    return Plan(
        ops=tuple(ops),
        before=before,
        after=after if ops else before,
        predicted=told(wanted, aim),
        teardown=not wanted.present,
    )


def target(wanted: Wanted, found: Found) -> Interconnect:
    """All of it as wanted."""
    _refuse(wanted, found)
    if wanted.mode != VXLAN:
        return Interconnect(_sorted(Route(way.dest, way.gateway, _direct(found, way.peer)) for way in wanted.ways))
    routes = _sorted(Route(way.dest, way.gateway, wanted.interface) for way in wanted.ways)
    return Interconnect(routes, _link(wanted, _own(wanted, found)))


def view(interconnect: Interconnect, detailed: bool = False) -> Dict[str, Any]:
    """As a user sees it; ``detailed``: for a diff."""
    link = interconnect.link
    shown: Optional[Dict[str, Any]] = None
    if link is not None:
        shown = {
            "name": link.name,
            "vni": link.vni,
            "port": link.port,
            "local_address": link.local,
            "mac": link.mac,
            "mtu": link.mtu,
            "state": "up" if link.up else "down",
            "addresses": sorted(link.addresses),
            "remotes": sorted(link.remotes),
        }
        if detailed:
            shown["alias"] = link.alias
    routes = [
        {"dest": route.dest, "gateway": route.gateway, "interface": route.interface} for route in interconnect.routes
    ]
    return {"link": shown, "routes": routes}


def told(wanted: Wanted, interconnect: Interconnect) -> Dict[str, Any]:
    """What the module returns."""
    return {"interconnect": {"network": str(wanted.network), **view(interconnect)} if wanted.present else {}}


def _refuse(wanted: Wanted, found: Found) -> None:
    for dest, interface in found.in_the_way:
        raise ContainersError(
            f"there is a route to {dest} already, through {interface}, and not by this module",
            "Give each host a subnet of its own, or remove that route",
        )
    if found.named:
        raise ContainersError(
            f"link {wanted.interface} is there already and was not made by this module", "Choose another interface"
        )
    if found.rival:
        raise ContainersError(
            f"link {found.rival} has VNI {wanted.vni} at UDP port {wanted.port}, and was not made by this module",
            "Choose another vni, or remove that link",
        )


def _direct(found: Found, peer: str) -> str:
    """The link that the peer is on. Raises ContainersError where it is on none."""
    path = found.paths.get(peer)
    if path is None:
        raise ContainersError(f"no route leads to peer {peer}", "Correct its address")
    if path.local:
        raise ContainersError(f"peer {peer} is this host itself", "Leave this host out of peers")
    if path.gateway is not None:
        raise ContainersError(
            f"peer {peer} is behind the router {path.gateway}, which knows nothing of the containers",
            "Use mode=vxlan, which passes through routers",
        )
    return path.interface


def _own(wanted: Wanted, found: Found) -> Path:
    path = found.paths.get(wanted.local)
    if path is None or not path.local:
        raise ContainersError(f"local_address {wanted.local} is not an address of this host")
    return path


def _link(wanted: Wanted, own: Path) -> VxlanLink:
    mtu = wanted.mtu or own.mtu - OVERHEAD[6 if ":" in wanted.local else 4]
    if wanted.ipv6 and mtu < _MTU_MIN6:
        raise ContainersError(f"an MTU of {mtu} is too small for IPv6", f"Give mtu, {_MTU_MIN6} at least")
    digest = hashlib.sha256(f"{wanted.network}\0{wanted.address}".encode()).hexdigest()
    return VxlanLink(
        name=wanted.interface,
        vni=wanted.vni,
        port=wanted.port,
        local=wanted.local,
        mac=":".join(["02", *(digest[at : at + 2] for at in range(0, 10, 2))]),
        mtu=mtu,
        up=True,
        alias=f"{MARK}{wanted.network}",
        addresses=(wanted.address,),
        remotes=tuple(sorted(wanted.peers)),
    )


def _ops(wanted: Wanted, current: Interconnect, aim: Interconnect) -> List[Op]:
    mark = link_mark(str(wanted.network))
    ops: List[Op] = []
    kept = current.link
    if kept is not None and (aim.link is None or not kept.same_tunnel(aim.link)):
        ops.append(RemoveLink(kept.name, mark))
        kept = None
    gone = current.link.name if current.link and kept is None else ""
    standing = [route for route in current.routes if route.interface != gone]
    ops = [ChangeRoute(route, False) for route in standing if route not in aim.routes] + ops
    if aim.link is not None:
        ops += _link_ops(kept, aim.link, mark)
    return ops + [ChangeRoute(route) for route in aim.routes if route not in standing]


def _link_ops(kept: Optional[VxlanLink], aim: VxlanLink, mark: str) -> List[Op]:
    """From the link that is there, or none, to the one wanted; up comes last."""
    current = kept or VxlanLink(aim.name, aim.vni, aim.port, aim.local, aim.mac, aim.mtu, alias=aim.alias)
    ops: List[Op] = [] if kept else [AddLink(aim, mark)]
    ops += [
        set_attribute(aim.name, attribute, getattr(current, attribute), getattr(aim, attribute))
        for attribute in ("mac", "mtu", "alias")
        if getattr(current, attribute) != getattr(aim, attribute)
    ]
    ops += [change_address(aim.name, cidr, False) for cidr in current.addresses if cidr not in aim.addresses]
    ops += [change_address(aim.name, cidr) for cidr in aim.addresses if cidr not in current.addresses]
    ops += [ChangeRemote(aim.name, remote, False) for remote in current.remotes if remote not in aim.remotes]
    ops += [ChangeRemote(aim.name, remote) for remote in aim.remotes if remote not in current.remotes]
    return ops if current.up else [*ops, set_attribute(aim.name, "up", False, True)]


def _sorted(routes: Any) -> Any:
    return tuple(sorted(routes, key=str))
