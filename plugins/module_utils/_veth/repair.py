# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ops that make one end, or the bridge, what it is to be. Pure: compares, decides the order.

Order counts: what is too much goes before what is missing comes, and routes that an address takes with it before
the address; an interface is up before routes go through it; settings are in force before it is up.
"""

from __future__ import annotations

import ipaddress
from typing import Collection, List, Optional, Tuple, Union

from .._core.plan import Op
from .model import Bridge, Interface, Setting
from .ops_end import ChangeAddress, ChangeReservation, ChangeRoute, ChangeSetting, End, SetAttribute, SwitchOffload


def end_ops(end: End, current: Interface, wanted: Interface) -> List[Op]:
    """From the interface as it is to the interface as wanted."""
    ops = _attributes(end, current, wanted, ("mtu", "mac", "alias"))
    ops += [ChangeReservation(end, name, False) for name in current.reserved if name not in wanted.reserved]
    ops += [ChangeReservation(end, name) for name in wanted.reserved if name not in current.reserved]
    if current.checksum_offload != wanted.checksum_offload:
        ops.append(SwitchOffload(end, wanted.checksum_offload))
    ops += _settings(end, current.settings, wanted.settings)
    surplus, missing = _unlike_addresses(current, wanted)
    cut_off = _is_cut_off(current, (*surplus, *missing))
    lasting = [route for route in current.routes if route in wanted.routes and (route.ipv6 or not cut_off)]
    ops += [ChangeRoute(end, route, False) for route in reversed(current.routes) if route not in lasting]
    ops += [ChangeAddress(end, cidr, False) for cidr in surplus]
    ops += [ChangeAddress(end, cidr) for cidr in missing]
    ops += _membership(end, current, wanted)
    ops += _attributes(end, current, wanted, ("up",))
    return ops + [ChangeRoute(end, route) for route in wanted.routes if route not in lasting]


def bridge_ops(end: End, current: Bridge, wanted: Bridge) -> List[Op]:
    """The same for the bridge; addresses are only ever added to it."""
    ops = _attributes(end, current, wanted, ("mac", "alias", "spanning"))
    ops += _settings(end, current.settings, wanted.settings)
    ops += [ChangeAddress(end, cidr) for cidr in wanted.addresses if cidr not in current.addresses]
    return ops + _attributes(end, current, wanted, ("up",))


def _attributes(
    end: End, current: Union[Interface, Bridge], wanted: Union[Interface, Bridge], names: Tuple[str, ...]
) -> List[Op]:
    pairs = [(name, getattr(current, name), getattr(wanted, name)) for name in names]
    return [SetAttribute(end, name, before, after) for name, before, after in pairs if before != after]


def _membership(end: End, current: Interface, wanted: Interface) -> List[Op]:
    ops = _attributes(end, current, wanted, ("bridge",))
    hairpin: Optional[bool] = False if ops else current.hairpin  # each bridge has its own idea of it
    if wanted.bridge and hairpin != wanted.hairpin:
        ops.append(SetAttribute(end, "hairpin", hairpin, wanted.hairpin))
    return ops


def _settings(end: End, current: Tuple[Setting, ...], wanted: Tuple[Setting, ...]) -> List[Op]:
    return [ChangeSetting(end, before, after) for before, after in zip(current, wanted) if before != after]


def _unlike_addresses(current: Interface, wanted: Interface) -> Tuple[List[str], List[str]]:
    """Those to remove, and those to add then, some of which the kernel will have dropped with the former."""
    surplus = [cidr for cidr in current.addresses if cidr not in wanted.addresses]
    subnets = [ipaddress.ip_interface(cidr).network for cidr in surplus]
    lost = [c for c in current.secondary if ipaddress.ip_interface(c).network in subnets and c not in surplus]
    return surplus, [cidr for cidr in wanted.addresses if cidr not in current.addresses or cidr in lost]


def _is_cut_off(current: Interface, unlike: Collection[str]) -> bool:
    """Whether it loses the last of its IPv4 addresses in between: then the kernel drops its IPv4 routes."""
    ipv4 = [cidr for cidr in current.addresses if ":" not in cidr]
    return bool(ipv4) and all(cidr in unlike for cidr in ipv4)
