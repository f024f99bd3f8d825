# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ops that make one end, or the bridge, what it is to be. Pure: compares, decides the order.

Order counts: what is too much goes before what is missing comes; an interface is up before routes go
through it; settings are in force before it is up.
"""

from __future__ import annotations

import ipaddress
from typing import List, Optional, Tuple, Union

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
    ops += [ChangeRoute(end, route, False) for route in reversed(current.routes) if route not in wanted.routes]
    ops += _addresses(end, current, wanted)
    ops += _membership(end, current, wanted)
    ops += _attributes(end, current, wanted, ("up",))
    return ops + [ChangeRoute(end, route) for route in wanted.routes if route not in current.routes]


def bridge_ops(end: End, current: Bridge, wanted: Bridge) -> List[Op]:
    """The same for the bridge; addresses are only ever added to it."""
    ops = _attributes(end, current, wanted, ("mac", "spanning"))
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


def _addresses(end: End, current: Interface, wanted: Interface) -> List[Op]:
    surplus = [cidr for cidr in current.addresses if cidr not in wanted.addresses]
    subnets = [ipaddress.ip_interface(cidr).network for cidr in surplus]
    lost = [c for c in current.secondary if ipaddress.ip_interface(c).network in subnets and c not in surplus]
    missing = [cidr for cidr in wanted.addresses if cidr not in current.addresses or cidr in lost]
    ops: List[Op] = [ChangeAddress(end, cidr, False) for cidr in surplus]
    return ops + [ChangeAddress(end, cidr) for cidr in missing]
