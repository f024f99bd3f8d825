# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules that a container needs, from what is wanted and the interfaces it stands between. Pure.

Written once for every back end; see ``docs`` of the module for what each of them is good for.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Iterator, Mapping, Tuple

from .ports import Port, Range, range_text
from .rule import DNAT, ESTABLISHED, Rule
from .spec import Wanted, family_of

LOOPBACK4 = "127.0.0.0/8"
LOOPBACK6 = "::1"
"""The kernel takes no answer for it from a link, so it can't lead to a container; it stays the host's own."""


@dataclass(frozen=True)
class Interfaces:
    """What the packets pass: the container's side (may be empty: any), and the way out of each family."""

    inner: str = ""
    outer: Mapping[int, str] = field(default_factory=dict)


def wanted_rules(wanted: Wanted, interfaces: Interfaces) -> Tuple[Rule, ...]:
    """All rules of the owner, chain by chain, in the order that they must stand in."""
    if not wanted.present:
        return ()
    return (
        *_guards(wanted),
        *_destinations(wanted, "prerouting"),
        *_destinations(wanted, "output"),
        *_untranslated(wanted),
        *_masquerades(wanted, interfaces),
        *_accepts(wanted, interfaces),
        *_drops(wanted, interfaces),
    )


def reached_by_localhost(wanted: Wanted) -> bool:
    """Whether a port is published at 127.0.0.1 too: then the kernel must let 127/8 leave by the inner link."""
    return 4 in wanted.addresses and any(4 in port.families and _at_loopback(port) for port in wanted.ports)


def _at_loopback(port: Port) -> bool:
    return not port.ip or ipaddress.ip_address(port.ip).is_loopback


def _guards(wanted: Wanted) -> Iterator[Rule]:
    """``route_localnet`` would let neighbours reach the host's 127.0.0.1, and ports published only there."""
    if reached_by_localhost(wanted):
        yield Rule("guard", 4, "drop", in_interface="!lo", destination=LOOPBACK4)


def _destinations(wanted: Wanted, chain: str) -> Iterator[Rule]:
    for port in wanted.ports:
        if chain == "prerouting" and port.ip and _at_loopback(port):
            continue  # packets from elsewhere never have such a destination
        for family in sorted(set(port.families) & set(wanted.addresses)):
            for outer, inner in port.pairs():
                yield Rule(
                    chain,
                    family,
                    "dnat",
                    destination=port.ip or (f"!{LOOPBACK6}" if (chain, family) == ("output", 6) else ""),
                    local=not port.ip,
                    protocol=port.protocol,
                    port=range_text(outer),
                    to=_target(wanted.addresses[family], inner),
                )


def _target(address: str, ports: Range) -> str:
    host = f"[{address}]" if ":" in address else address
    return f"{host}:{ports[0]}" if ports[0] == ports[1] else address


def _ways(wanted: Wanted) -> Iterator[Tuple[int, str, str]]:
    """Each source with each network that it talks with as it is: family, source, network."""
    for source in wanted.sources:
        for network in wanted.routed:
            if family_of(source) == family_of(network):
                yield family_of(source), source, network


def _untranslated(wanted: Wanted) -> Iterator[Rule]:
    """Before what masquerades: the last word of its chain on such packets."""
    if wanted.masquerade:
        for family, source, network in _ways(wanted):
            yield Rule("postrouting", family, "accept", source=source, destination=network)


def _masquerades(wanted: Wanted, interfaces: Interfaces) -> Iterator[Rule]:
    for source in wanted.sources:
        family = family_of(source)
        out = interfaces.outer.get(family, "")
        if wanted.masquerade:
            yield Rule(
                "postrouting",
                family,
                "masquerade",
                source=source,
                destination=f"!{source}",
                unicast=True,
                out_interface=out,
            )
    for family in sorted({family for port in wanted.ports for family in port.families} & set(wanted.addresses)):
        yield from _hairpins(wanted, family, interfaces.inner)


def _hairpins(wanted: Wanted, family: int, inner: str) -> Iterator[Rule]:
    """Neighbours on the container's own link, itself too, and localhost would get answers from a stranger."""
    address = wanted.addresses[family]
    for source in wanted.sources:
        if family_of(source) == family:
            yield Rule(
                "postrouting",
                family,
                "masquerade",
                source=source,
                destination=address,
                connection=DNAT,
                out_interface=inner,
            )
    if family == 4 and reached_by_localhost(wanted):
        yield Rule("postrouting", 4, "masquerade", source=LOOPBACK4, destination=address, out_interface=inner)


def _accepts(wanted: Wanted, interfaces: Interfaces) -> Iterator[Rule]:
    inner = interfaces.inner
    for family, source, network in _ways(wanted):
        yield Rule("forward", family, "accept", in_interface=inner, source=source, destination=network)
        yield Rule("forward", family, "accept", out_interface=inner, source=network, destination=source)
    for source in wanted.sources:
        family = family_of(source)
        outer = interfaces.outer.get(family, "")
        yield Rule("forward", family, "accept", in_interface=inner, out_interface=outer, source=source)
        if wanted.direct_access:
            yield Rule("forward", family, "accept", out_interface=inner, destination=source)
        else:
            yield Rule("forward", family, "accept", out_interface=inner, destination=source, connection=ESTABLISHED)
            yield Rule("forward", family, "accept", out_interface=inner, destination=source, connection=DNAT)
        if wanted.ports or wanted.direct_access:
            yield Rule("forward", family, "accept", in_interface=inner, source=source, connection=ESTABLISHED)
        among = "" if inner else source
        yield Rule(
            "forward",
            family,
            "accept",
            in_interface=inner,
            out_interface=inner,
            source=source,
            destination=among,
        )


def _drops(wanted: Wanted, interfaces: Interfaces) -> Iterator[Rule]:
    """Nobody reaches a port that isn't published by sending packets to the container's own address."""
    if wanted.direct_access:
        return
    for source in wanted.sources:
        yield Rule(
            "forward",
            family_of(source),
            "drop",
            out_interface=interfaces.inner,
            source=f"!{source}",
            destination=source,
        )
