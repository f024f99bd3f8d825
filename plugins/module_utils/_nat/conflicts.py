# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is somebody else's: published ports, by another owner's rule or a program of the host; our file's name. Pure.

Only ports that aren't published yet are held against the programs: once the rule stands, a program
that binds the port later gets nothing, but that isn't this run's doing.
"""

from __future__ import annotations

import ipaddress
from typing import Iterator

from .._core.errors import ContainersError
from .._sys.sockets import Socket
from .observe import Found
from .ports import Port, parsed_range
from .rule import Rule, Standing
from .settings import DROP_IN, is_foreign
from .spec import Wanted


def refuse_conflicts(wanted: Wanted, found: Found) -> None:
    """Raises ContainersError naming the port and who has it, or the file."""
    if is_foreign(found.drop_in):
        raise ContainersError(
            f"{DROP_IN} is there already and was not made by this module",
            "Give it another name; what it sets is then read before ours",
        )
    mine = [port for item in found.standing if item.owner == wanted.name for port in _published(item)]
    for port in wanted.ports:
        for item in found.standing:
            if item.owner != wanted.name and any(port.overlaps(other) for other in _published(item)):
                raise ContainersError(
                    f"published port {port.text()} is published for {item.owner} already",
                    f"Choose another port or address of the host, or take down the rules of {item.owner}",
                )
        if not any(_covers(old, port) for old in mine):
            _refuse_sockets(port, found)


def _refuse_sockets(port: Port, found: Found) -> None:
    for socket in found.sockets:
        if _takes(socket, port):
            at = f"[{socket.address}]" if ":" in socket.address else socket.address
            who = f" by {socket.holder}" if socket.holder else ""
            raise ContainersError(
                f"published port {port.text()} is in use: {socket.protocol} {at}:{socket.port} is held{who}",
                "Choose another port, publish on another address of the host, or stop that program",
            )


def _published(standing: Standing) -> Iterator[Port]:
    for rule in standing.rules:
        if rule.action == "dnat" and rule.port:
            yield _port(rule)


def _port(rule: Rule) -> Port:
    ports = parsed_range(rule.port)
    return Port("" if rule.local else rule.destination, (rule.family,), ports, ports, rule.protocol)


def _covers(old: Port, port: Port) -> bool:
    return old.overlaps(port) and old.host[0] <= port.host[0] and port.host[1] <= old.host[1]


def _takes(socket: Socket, port: Port) -> bool:
    if socket.protocol != port.protocol or not port.host[0] <= socket.port <= port.host[1]:
        return False
    bound = ipaddress.ip_address(socket.address)
    if bound == ipaddress.IPv6Address("::"):
        return True  # takes IPv4 too, unless its program asked for IPv6 alone, which can't be seen
    mapped = bound.ipv4_mapped if isinstance(bound, ipaddress.IPv6Address) else None
    bound = mapped or bound
    if bound.version not in port.families:
        return False
    return bound.is_unspecified or not port.ip or ipaddress.ip_address(port.ip) == bound
