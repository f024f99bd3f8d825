# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands against a pair before anything is changed: others' links, addresses, routes. Pure."""

from __future__ import annotations

from typing import Tuple

from .._core.errors import ContainersError
from .claims import Holder
from .model import BRIDGE_ALIAS, MARK, MTU_MIN6, Bridge, Interface
from .observe import Found
from .settings import has_ipv6
from .spec import Wanted
from .target import outer_mac


def is_ours(link: Interface, wanted: Wanted, found: Found) -> bool:
    """Whether the link is the outer end of just this pair, were it a half-made one of a killed run."""
    if link.kind != "veth":
        return False
    if not link.alias and link.name == wanted.host_interface:
        return link.mac == outer_mac(wanted, found)
    if wanted.alias is None:
        return link.alias.startswith(MARK) and link.alias != BRIDGE_ALIAS
    return link.alias == wanted.alias


def check_links(wanted: Wanted, found: Found) -> None:
    """Raises ContainersError where a link of a wanted name is somebody else's."""
    outer, inside = found.parts.host, found.parts.inside
    if outer is not None and not is_ours(outer, wanted, found):
        raise ContainersError(
            f"link {outer.name} is there already and is {_whose(outer.alias)}",
            "Choose another host_interface, or remove that link",
        )
    if not wanted.present:
        return
    if inside is not None and not found.connected and not (found.former and is_ours(found.former, wanted, found)):
        raise ContainersError(
            f"{wanted.interface} in {wanted.place} is there already and was not made by this module",
            "Choose another interface, or remove that one",
        )
    bridge = found.parts.bridge
    if bridge is not None and bridge.kind != "bridge":
        raise ContainersError(f"link {bridge.name} is there already and is no bridge", "Choose another bridge")
    if bridge is not None and not bridge.ours:
        _check_foreign_bridge(wanted, bridge)


def check_addresses(wanted: Wanted, found: Found) -> None:
    """Raises ContainersError where somebody else has a wanted address or route."""
    shared = {str(cidr.ip) for cidr in wanted.host_addresses if cidr.network.num_addresses == 1 and not wanted.bridge}
    for holder in found.holders:
        if not (holder.local and holder.address in shared and holder.alias.startswith(MARK)):
            raise ContainersError(f"address {holder.address} is taken: {_claim(holder)}", "Choose another address")
    for route, interface in found.other_routes:
        raise ContainersError(
            f"route {route} can't be set in {wanted.place}: there is one of the same kind through {interface}",
            "Give it another metric in routes, or leave it out",
        )
    if wanted.ipv6 and not (has_ipv6(found.new_outer) and (has_ipv6(found.new_inner) or not found.place_exists)):
        raise ContainersError("an IPv6 address is wanted, but this kernel has IPv6 turned off")
    if wanted.ipv6 and wanted.mtu is None and found.default_mtu < MTU_MIN6:
        raise ContainersError(
            f"the default route's MTU of {found.default_mtu} is too small for IPv6", f"Give mtu, {MTU_MIN6} at least"
        )


def warnings(found: Found) -> Tuple[str, ...]:
    """What may work and yet surprise."""
    return tuple(
        f"host_address {overlap.address} is in {overlap.subnet}, which is the subnet of {overlap.link} already: "
        "packets to the one may go to the other"
        for overlap in found.overlaps
    )


def _check_foreign_bridge(wanted: Wanted, bridge: Bridge) -> None:
    for cidr in wanted.host_addresses:
        if str(cidr) not in bridge.addresses:
            raise ContainersError(
                f"bridge {bridge.name} was not made by this module and doesn't have the address {cidr}",
                "Leave out host_address, or choose another bridge",
            )


def _claim(holder: Holder) -> str:
    if holder.local:
        return f"the host has it on {holder.link}"
    owner = holder.alias[len(MARK) :].rpartition(":")[0] if holder.alias.startswith(MARK) else ""
    return f"{f'container {owner} has it' if owner else 'the host routes it'} through {holder.link}"


def _whose(alias: str) -> str:
    if not alias.startswith(MARK) or alias == BRIDGE_ALIAS:
        return "not a pair of this module's"
    owner, _colon, interface = alias[len(MARK) :].rpartition(":")
    return f"that of {interface} in {owner}"
