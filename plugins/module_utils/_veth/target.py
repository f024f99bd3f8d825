# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pair is to be, and what a new one is like before anything is put on it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional, Tuple

from .model import BRIDGE_ALIAS, Bridge, Interface, Pair, reservation
from .names import bridge_mac, made_up_mac
from .observe import Found
from .settings import inner_settings, outer_settings
from .spec import Wanted


def outer_mac(wanted: Wanted, found: Found) -> str:
    """Of the outer end; nobody else's link has it, so it tells ours even before the alias is set.

    It begins with fe, above any real one: a bridge takes the lowest of its members' addresses, and
    shouldn't take ours.
    """
    return made_up_mac("fe", found.machine, "outer", wanted.host_interface)


def new_pair(wanted: Wanted, found: Found) -> Pair:
    """The pair as it is just after it was made."""
    mtu = wanted.mtu or found.default_mtu
    inner_mac = wanted.mac or made_up_mac("02", found.machine, "inner", wanted.host_interface)
    return Pair(
        host=Interface(
            wanted.host_interface,
            outer_mac(wanted, found),
            mtu,
            settings=found.new_outer,
            alias=wanted.alias or "",
        ),
        inside=Interface(wanted.interface, inner_mac, mtu, settings=found.new_inner),
        bridge=found.parts.bridge or _new_bridge(wanted, found),
        loopback_up=found.parts.loopback_up,
    )


def current_pair(wanted: Wanted, found: Found) -> Pair:
    """What the ops start from: the pair found, or a new one; with a new bridge where there is none."""
    new = new_pair(wanted, found)
    return replace(found.pair, bridge=new.bridge) if found.pair else new


def target(wanted: Wanted, found: Found, current: Pair) -> Pair:
    """The pair as wanted, where ``current`` is the one found or a new one."""
    new = new_pair(wanted, found)
    outer_addresses = () if wanted.bridge else _texts(wanted.host_addresses)
    return Pair(
        host=replace(
            new.host,
            up=True,
            addresses=outer_addresses,
            routes=wanted.host_routes,
            settings=outer_settings(current.host.settings, wanted.ipv6, new.host.mtu),
            checksum_offload=wanted.checksum_offload,
            bridge=wanted.bridge,
            hairpin=bool(wanted.bridge),
            reserved=tuple(sorted(reservation(wanted.bridge or "", str(cidr.ip)) for cidr in wanted.addresses)),
        ),
        inside=replace(
            new.inside,
            up=True,
            addresses=_texts(wanted.addresses),
            routes=wanted.routes,
            settings=inner_settings(current.inside.settings, wanted.ipv6, new.inside.mtu),
            checksum_offload=wanted.checksum_offload,
        ),
        bridge=_bridge(wanted, found, current.bridge),
        loopback_up=True,
    )


def _new_bridge(wanted: Wanted, found: Found) -> Optional[Bridge]:
    if wanted.bridge is None:
        return None
    return Bridge(wanted.bridge, bridge_mac(found.machine, wanted.bridge), BRIDGE_ALIAS, settings=found.new_outer)


def _bridge(wanted: Wanted, found: Found, current: Optional[Bridge]) -> Optional[Bridge]:
    """The bridge as wanted: of one that isn't ours nothing is changed, on ours no address is removed."""
    if current is None or not current.ours:
        return current
    missing = tuple(text for text in _texts(wanted.host_addresses) if text not in current.addresses)
    return replace(
        current,
        mac=bridge_mac(found.machine, current.name),
        alias=BRIDGE_ALIAS,
        half_made=False,
        up=True,
        spanning=False,
        addresses=current.addresses + missing,
        settings=outer_settings(current.settings, wanted.ipv6),
    )


def _texts(cidrs: Tuple[object, ...]) -> Tuple[str, ...]:
    return tuple(str(cidr) for cidr in cidrs)
