# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Published ports: ``[ip:]host:container[/protocol]`` as data. Ranges map one to one, as docker's do.

Out of scope: whether a port is free, which only the host can tell.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

from .._core.errors import ContainersError

PROTOCOLS = ("tcp", "udp", "sctp")
_GRAMMAR = re.compile(
    r"(?:(?P<ip>\[[^\]]*\]|[0-9.]+):)?(?P<host>\d+(?:-\d+)?):(?P<container>\d+(?:-\d+)?)(?:/(?P<protocol>\w+))?"
)
_HINT = "Write [ip:]host:container[/tcp|udp|sctp], an IPv6 address in brackets, in quotes: '8080:80'"

Range = Tuple[int, int]


@dataclass(frozen=True)
class Port:
    """Ports of the host that lead to ports of the container. ``ip`` is empty for any local address."""

    ip: str
    families: Tuple[int, ...]
    host: Range
    container: Range
    protocol: str

    def pairs(self) -> Tuple[Tuple[Range, Range], ...]:
        """Host range and container range of each rule it takes: one if the numbers stay the same."""
        if self.host == self.container:
            return ((self.host, self.container),)
        count = self.host[1] - self.host[0] + 1
        singles = [(self.host[0] + step, self.container[0] + step) for step in range(count)]
        return tuple(((outer, outer), (inner, inner)) for outer, inner in singles)

    def overlaps(self, other: Port) -> bool:
        """Whether a packet could be meant for both."""
        return (
            self.protocol == other.protocol
            and bool(set(self.families) & set(other.families))
            and (not self.ip or not other.ip or self.ip == other.ip)
            and self.host[0] <= other.host[1]
            and other.host[0] <= self.host[1]
        )

    def text(self) -> str:
        """As a user would write the host's side: ``203.0.113.1:8000-8010/tcp``."""
        ip = f"[{self.ip}]:" if ":" in self.ip else f"{self.ip}:" if self.ip else ""
        return f"{ip}{range_text(self.host)}/{self.protocol}"


def range_text(ports: Range) -> str:
    """``8000`` or ``8000-8010``."""
    return str(ports[0]) if ports[0] == ports[1] else f"{ports[0]}-{ports[1]}"


def parsed_range(text: str) -> Range:
    """The inverse of ``range_text``."""
    first, _dash, last = text.partition("-")
    return int(first), int(last or first)


def overlap(ports: Sequence[Port]) -> Optional[Tuple[int, int]]:
    """The places of two that a packet could be meant for, the lower first; None where there are none such.

    In the order of host ports only neighbours can overlap: not each has to be compared with each.
    """
    order = sorted(range(len(ports)), key=lambda place: ports[place].host)
    for number, one in enumerate(order):
        for later in range(number + 1, len(order)):
            other = order[later]
            if ports[other].host[0] > ports[one].host[1]:
                break
            if ports[one].overlaps(ports[other]):
                return min(one, other), max(one, other)
    return None


def parsed_port(text: str) -> Port:
    """The port that a user wrote. Raises ContainersError."""
    match = _GRAMMAR.fullmatch(text.strip())
    if match is None:
        raise ContainersError(f"published port {text!r} is not valid", _HINT)
    protocol = (match["protocol"] or "tcp").lower()
    if protocol not in PROTOCOLS:
        raise ContainersError(f"published port {text!r}: there is no protocol {protocol!r}", _HINT)
    host, container = _range(text, match["host"]), _range(text, match["container"])
    if host[1] - host[0] != container[1] - container[0]:
        raise ContainersError(f"published port {text!r}: the two ranges differ in length", _HINT)
    ip, families = _ip(text, match["ip"] or "")
    return Port(ip, families, host, container, protocol)


def _range(text: str, part: str) -> Range:
    first, last = parsed_range(part)
    if not 1 <= first <= last <= 65535:
        raise ContainersError(f"published port {text!r}: {part} is not a port or range from 1 to 65535", _HINT)
    return first, last


def _ip(text: str, part: str) -> Tuple[str, Tuple[int, ...]]:
    if not part:
        return "", (4, 6)
    try:
        address = ipaddress.ip_address(part.strip("[]"))
    except ValueError as error:
        raise ContainersError(f"published port {text!r}: {part} is not an IP address", _HINT) from error
    if (address.version == 6) != part.startswith("["):
        raise ContainersError(f"published port {text!r}: brackets are for IPv6 addresses, and needed there", _HINT)
    if address.is_multicast:
        raise ContainersError(f"published port {text!r}: {address} is a multicast address, which no host has", _HINT)
    if address.version == 6 and address.is_loopback:
        raise ContainersError(
            f"published port {text!r}: the kernel can't lead packets for ::1 to a container",
            "Publish at 127.0.0.1, or at another IPv6 address of the host",
        )
    return ("" if address.is_unspecified else str(address)), (address.version,)
