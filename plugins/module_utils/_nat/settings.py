# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel settings that rules need: which, and the drop-in that keeps them over a reboot. Pure.

Forwarding lasts, in a file of sysctl.d that is there while any rule of ours is. When the last rule
goes, the file goes and the live value stays: others may have come to rely on it.
``route_localnet`` belongs to the container's link and comes and goes with its rules.
"""

from __future__ import annotations

from typing import Dict, Iterable, List, Mapping, Optional, Tuple

from .rule import Standing
from .spec import Wanted
from .wanted_rules import LOOPBACK4, Interfaces, reached_by_localhost

DROP_IN = "/etc/sysctl.d/99-zz-daemonless.conf"
"""Read after 99-sysctl.conf, which is /etc/sysctl.conf: an old ``ip_forward=0`` there must not win."""

FORWARD4 = "net/ipv4/ip_forward"
FORWARD6 = "net/ipv6/conf/all/forwarding"

_MADE_BY = "# Made by daemonless.containers.nat_rule"
_HEADER = f"{_MADE_BY}; removed with the last of its rules.\n"


def accept_ra(interface: str) -> str:
    return f"net/ipv6/conf/{interface}/accept_ra"


def route_localnet(interface: str) -> str:
    return f"net/ipv4/conf/{interface}/route_localnet"


def names(wanted: Wanted, interfaces: Interfaces, standing: Iterable[Standing]) -> Tuple[str, ...]:
    """The settings to look at."""
    mine = [item for item in standing if item.owner == wanted.name]
    links = {interfaces.inner} | {link for item in mine for link in localnet_links(item)}
    found = [route_localnet(link) for link in sorted(links - {""})]
    if wanted.present:
        found += [FORWARD4] if 4 in wanted.families else []
        found += [FORWARD6] if 6 in wanted.families else []
        found += [accept_ra(interfaces.outer[6])] if interfaces.outer.get(6) else []
    return tuple(found)


def localnet_links(standing: Standing) -> Tuple[str, ...]:
    """The links that an owner's rules send packets from 127.0.0.0/8 to."""
    return tuple(sorted({rule.out_interface for rule in standing.rules if rule.source == LOOPBACK4}))


def lasting(wanted: Wanted, interfaces: Interfaces, live: Mapping[str, Optional[str]]) -> Dict[str, str]:
    """What must hold from now on, in the order to set it: forwarding on turns RA off unless it is 2 before."""
    values: Dict[str, str] = {}
    if 4 in wanted.families:
        values[FORWARD4] = "1"
    if 6 in wanted.families:
        name = accept_ra(interfaces.outer.get(6, ""))
        if live.get(name) in ("1", "2"):
            values[name] = "2"
        values[FORWARD6] = "1"
    return values


def passing(wanted: Wanted, interfaces: Interfaces) -> Dict[str, str]:
    """What holds while the rules do."""
    return {route_localnet(interfaces.inner): "1"} if reached_by_localhost(wanted) and interfaces.inner else {}


def is_foreign(drop_in: Optional[str]) -> bool:
    """Whether a file of our file's name is somebody else's. An empty one a power cut has left."""
    return bool(drop_in) and not str(drop_in).startswith(_MADE_BY)


def drop_in(current: Optional[str], values: Mapping[str, str]) -> str:
    """The file's text with these values; what other owners had put there stays."""
    kept = dict(_parsed(current or ""))
    kept.update(values)
    return _HEADER + "".join(f"{name} = {value}\n" for name, value in sorted(kept.items()))


def _parsed(text: str) -> List[Tuple[str, str]]:
    lines = [line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith(("#", ";"))]
    return [(name.strip(), value.strip()) for name, _equals, value in lines]
