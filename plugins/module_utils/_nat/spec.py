# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of nat_rule -> Wanted. All that can be said without looking at the host is checked here."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .._core.errors import ContainersError
from .._core.names import checked_name
from .._core.store import DEFAULT_STORE, Store
from .ports import Port, overlap, parsed_port

FLEET = "fleet:"
"""Before the name of a fleet that owns rules: no container's name has a colon."""

_INTERFACE = re.compile(r"[^\s/:!\"\\*+]{1,15}")


@dataclass(frozen=True)
class Wanted:
    """The rules of one owner. ``sources`` and ``addresses`` are in canonical form, by family."""

    name: str
    present: bool
    backend: str = "auto"
    sources: Tuple[str, ...] = ()
    addresses: Mapping[int, str] = field(default_factory=dict)
    in_interface: Optional[str] = None
    out_interface: Optional[str] = None
    ports: Tuple[Port, ...] = ()
    masquerade: bool = True
    direct_access: bool = False
    routed: Tuple[str, ...] = ()
    """Networks that the sources talk with under their own addresses, both ways."""
    store: Store = field(default_factory=Store)
    asked: Mapping[str, Any] = field(default_factory=dict)
    """The options as they were given, to be run again when the container is started with no task."""

    @property
    def families(self) -> Tuple[int, ...]:
        """The families of the sources: 4, 6 or both."""
        return tuple(sorted({family_of(source) for source in self.sources}))


def spec(options: Mapping[str, Any]) -> Wanted:
    """Check the options. Raises ContainersError."""
    present = options["state"] == "present"
    sources = _networks(
        "source", options.get("source") or [text for text in options.get("address") or [] if "/" in text]
    )
    name = _name(options.get("name"), sources)
    addresses = _addresses(options.get("address") or [], sources)
    if present and not sources:
        raise ContainersError(f"nat rules of {name}: source is missing", "Give source, or address with its prefix")
    ports = tuple(parsed_port(text) for text in options.get("published_ports") or [])
    _check_ports(ports, addresses)
    masquerade = bool(options.get("masquerade", True))
    direct = options.get("direct_access")
    return Wanted(
        name=name,
        present=present,
        backend=options.get("backend") or "auto",
        sources=sources,
        addresses=addresses,
        in_interface=_interface(options.get("in_interface"), "in_interface"),
        out_interface=_interface(options.get("out_interface"), "out_interface"),
        ports=ports,
        masquerade=masquerade,
        direct_access=not masquerade if direct is None else bool(direct),
        routed=_routed(options.get("routed_networks") or [], sources),
        store=Store(options.get("store") or DEFAULT_STORE),
        asked=dict(options) if present else {},
    )


def family_of(address: str) -> int:
    return 6 if ":" in address else 4


def _name(name: Optional[str], sources: Sequence[str]) -> str:
    if name and name.startswith(FLEET):
        return FLEET + checked_name(name[len(FLEET) :])
    if name:
        return checked_name(name)
    if not sources:
        raise ContainersError("neither name nor source says whose rules are meant", "Give the container's name as name")
    return "net-" + sources[0].replace(":", "-").replace("/", "_")


def _networks(option: str, texts: Sequence[str]) -> Tuple[str, ...]:
    found: List[str] = []
    for text in texts:
        try:
            network = ipaddress.ip_network(text.strip(), strict=False)
        except ValueError as error:
            raise ContainersError(f"{option} {text!r} is not a network", "Write it as 100.100.1.0/24") from error
        if network.prefixlen == 0 or network.is_multicast or network.is_loopback:
            raise ContainersError(f"{option} {text!r} can't be a network of containers", "Write it as 100.100.1.0/24")
        if str(network) not in found:
            found.append(str(network))
    return tuple(found)


def _routed(texts: Sequence[str], sources: Sequence[str]) -> Tuple[str, ...]:
    networks = _networks("routed_networks", texts)
    for network in networks:
        if not any(family_of(network) == family_of(source) for source in sources):
            raise ContainersError(
                f"routed_networks {network} is of no use: no source is IPv{family_of(network)}",
                "There is no translation between IPv4 and IPv6",
            )
    return networks


def _addresses(given: Sequence[str], sources: Sequence[str]) -> Dict[int, str]:
    found: Dict[int, str] = {}
    networks = [ipaddress.ip_network(source) for source in sources]
    for text in given:
        try:
            interface = ipaddress.ip_interface(text.strip())
        except ValueError as error:
            raise ContainersError(f"address {text!r} is not an IP address", "Write it as 100.100.1.2") from error
        address, network = interface.ip, interface.network
        if network.num_addresses > 2 and address == network.network_address:
            raise ContainersError(f"address {text!r} is that of the whole network", "Give the container's, 100.100.1.2")
        if address.version in found:
            raise ContainersError(f"address {text!r} is the second IPv{address.version} address", "Give one of each")
        if networks and not any(address in source for source in networks):
            raise ContainersError(f"address {text!r} lies in none of the sources {', '.join(sources)}")
        found[address.version] = str(address)
    return found


def _check_ports(ports: Sequence[Port], addresses: Mapping[int, str]) -> None:
    for port in ports:
        if not set(port.families) & set(addresses):
            kind = f"IPv{port.families[0]} " if len(port.families) == 1 else ""
            raise ContainersError(
                f"published port {port.text()}: the container has no {kind}address it could lead to",
                "Give the container's address as address; there is no translation between IPv4 and IPv6",
            )
    twice = overlap(ports)
    if twice is not None:
        one, other = (ports[place].text() for place in twice)
        raise ContainersError(f"published ports {one} and {other} overlap")


def _interface(name: Optional[str], option: str) -> Optional[str]:
    if not name:
        return None
    if not _INTERFACE.fullmatch(name) or name in (".", ".."):
        raise ContainersError(
            f"{option} {name!r} is not the name of an interface", "At most 15 characters without spaces, '/' and ':'"
        )
    return name
