# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel settings that our interfaces need: which ones, and to what.

On the host's side: reverse path filtering loose (the container's answers may take another way back),
addresses announced when they change, and no router advertisements believed, which a container could
forge, and IPv6 on where an IPv6 address is wanted. In the container IPv6 is on just then: else neighbours would reach
it at an address that nobody gave it, and each container's search for neighbours would go to all of a bridge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Sequence, Tuple

from .model import MTU_MIN6, Setting

if TYPE_CHECKING:
    from .._sys.host import Host

Names = Sequence[Tuple[str, str]]

_IPV6_OFF = ("ipv6", "disable_ipv6")
_OUTER_VALUES: Dict[Tuple[str, str], str] = {
    ("ipv4", "rp_filter"): "2",
    ("ipv4", "arp_notify"): "1",
    ("ipv6", "accept_ra"): "0",
}
OUTER: Names = (*_OUTER_VALUES, _IPV6_OFF)
INNER: Names = (_IPV6_OFF,)
NEW = "default"
"""Stands for an interface that is made now."""


def read_settings(host: Host, names: Names, *interfaces: str) -> Tuple[Setting, ...]:
    """Each setting as the first of the interfaces has it that has one; what this kernel lacks is left out."""
    found = []
    for family, name in names:
        paths = [Setting(family, name, "").path(interface) for interface in interfaces]
        value = next((value for value in map(host.sysctl.read, paths) if value is not None), None)
        if value is not None:
            found.append(Setting(family, name, value))
    return tuple(found)


def outer_settings(found: Tuple[Setting, ...], ipv6: bool, mtu: int = MTU_MIN6) -> Tuple[Setting, ...]:
    """What an interface on the host's side has to have, given what there is to set."""
    return tuple(
        _wanted(setting, ipv6) if setting.family != "ipv6" or mtu >= MTU_MIN6 else setting for setting in found
    )


def inner_settings(found: Tuple[Setting, ...], ipv6: bool, mtu: int) -> Tuple[Setting, ...]:
    """The same for the interface in the container."""
    off = Setting(*_IPV6_OFF, "0" if ipv6 else "1")
    return tuple(off if _is_ipv6_off(setting) and mtu >= MTU_MIN6 else setting for setting in found)


def has_ipv6(found: Tuple[Setting, ...]) -> bool:
    return any(setting.family == "ipv6" for setting in found)


def _wanted(setting: Setting, ipv6: bool) -> Setting:
    if _is_ipv6_off(setting):
        return Setting(*_IPV6_OFF, "0") if ipv6 else setting
    key = (setting.family, setting.name)
    return Setting(*key, _OUTER_VALUES[key]) if key in _OUTER_VALUES else setting


def _is_ipv6_off(setting: Setting) -> bool:
    return (setting.family, setting.name) == _IPV6_OFF
