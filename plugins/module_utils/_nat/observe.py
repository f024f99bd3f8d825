# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host -> Found: every rule of ours wherever it stands, who drops in forward, settings, ports in use.

Looking changes nothing: tables that don't exist are not looked into, because that would make them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Dict, List, Mapping, Optional, Tuple

from .._container import replay
from .._container.replay import Memory
from .._sys.sockets import Socket
from . import nft_chains, nft_table, settings, xtables
from .rule import IPTABLES, IPTABLES_NFT, NFTABLES, Place, Standing
from .spec import Wanted
from .wanted_rules import Interfaces

if TYPE_CHECKING:
    from .._sys.host import Host

_FAMILIES = (4, 6)
_NFT_FAMILIES = {4: "ip", 6: "ip6"}


@dataclass(frozen=True)
class Found:
    """What there is. ``standing`` holds the rules of all owners, the wanted one's and others'."""

    backend: str
    standing: Tuple[Standing, ...] = ()
    dropping: Tuple[Place, ...] = ()
    """Places whose forward chain drops, so that an accept is needed there as well."""
    interfaces: Interfaces = field(default_factory=Interfaces)
    missing: Tuple[str, ...] = ()
    """Interfaces that are named and aren't there."""
    settings: Mapping[str, Optional[str]] = field(default_factory=dict)
    drop_in: Optional[str] = None
    sockets: Tuple[Socket, ...] = ()
    warnings: Tuple[str, ...] = ()
    memory: Memory = field(default_factory=Memory)
    """What is remembered for when the container of that name is started again."""


@dataclass(frozen=True)
class Seen:
    """What one look shows that all owners share. ``settings``: what is known to have changed since."""

    backend: str
    standing: Tuple[Standing, ...] = ()
    dropping: Tuple[Place, ...] = ()
    drop_in: Optional[str] = None
    warnings: Tuple[str, ...] = ()
    settings: Mapping[str, Optional[str]] = field(default_factory=dict)


@dataclass
class _Rules:
    """What the looks at the back ends bring together."""

    standing: List[Standing] = field(default_factory=list)
    dropping: List[Place] = field(default_factory=list)
    warnings: List[str] = field(default_factory=list)
    legacy_used: bool = False
    nft_used: bool = False


def observe(host: Host, wanted: Wanted, seen: Optional[Seen] = None) -> Found:
    """Look at the host; what was ``seen`` already isn't looked at again.

    Raises ContainersError where a package for looking is missing, or a tool fails.
    """
    seen = look(host, wanted.backend) if seen is None else seen
    interfaces, missing = _interfaces(host, wanted)
    names = settings.names(wanted, interfaces, seen.standing)
    return Found(
        backend=seen.backend,
        standing=seen.standing,
        dropping=seen.dropping,
        interfaces=interfaces,
        missing=missing,
        settings={name: seen.settings[name] if name in seen.settings else host.sysctl.read(name) for name in names},
        drop_in=seen.drop_in,
        sockets=_sockets(host, wanted) if wanted.present and wanted.ports else (),
        warnings=seen.warnings,
        memory=replay.look(host, wanted.store, wanted.name, replay.RULES),
    )


def look(host: Host, wanted_backend: str) -> Seen:
    """What is the same for every owner: all rules wherever they stand, and the back end to use."""
    kind = host.iptables_nft.kind()
    rules = _Rules()
    may_be_legacy = wanted_backend == IPTABLES or (wanted_backend == "auto" and kind == "legacy")
    _look_at_legacy(host, rules, needed=may_be_legacy)
    if host.nft.installed() or not may_be_legacy:
        _look_at_nftables(host, rules)
    backend = wanted_backend
    if backend == "auto":
        backend = IPTABLES if kind == "legacy" and (rules.legacy_used or not rules.nft_used) else NFTABLES
    if backend == IPTABLES and kind == "nft":
        rules.warnings.append(
            "this host's iptables is the nft kind, which does not show the rules made here; iptables-legacy does"
        )
    return Seen(backend, tuple(rules.standing), tuple(rules.dropping), _drop_in(host), tuple(rules.warnings))


def _look_at_legacy(host: Host, rules: _Rules, needed: bool) -> None:
    families = [family for family in _FAMILIES if host.xtables.registered(family)]
    if families and not needed and not host.xtables.installed():
        rules.warnings.append("legacy iptables tables exist, and can't be looked into without python3-iptables")
        return
    for family in families:
        tables = host.xtables.read(family)
        rules.legacy_used |= xtables.is_used(tables)
        rules.standing += xtables.standing(Place(IPTABLES, family), tables)
        if xtables.may_drop(tables.get("filter", {})):
            rules.dropping.append(Place(IPTABLES, family))


def _look_at_nftables(host: Host, rules: _Rules) -> None:
    tables = [item["table"] for item in host.nft.list("tables")]
    rules.nft_used = bool(tables)
    rules.standing += nft_table.read(host)
    chains = [item["chain"] for item in host.nft.list("chains") if "chain" in item] if tables else []
    forwarding = [chain for chain in chains if chain.get("hook") == "forward"]
    managed = [family for family in _FAMILIES if _is_iptables(host, family, forwarding, rules)]
    flagged = {(table["family"], table["name"]) for table in tables if table.get("flags")}
    for chain in forwarding:
        if chain["table"] == "filter" and chain["family"] in [_NFT_FAMILIES[family] for family in managed]:
            continue
        dropping, standing = nft_chains.read(host, chain)
        if dropping and (chain["family"], chain["table"]) in flagged:
            path = f"{chain['family']} {chain['table']} {chain['name']}"
            rules.warnings.append(f"nftables chain {path} may drop the container's packets and lets nobody else in")
            continue
        rules.dropping += dropping
        rules.standing += standing


def _is_iptables(host: Host, family: int, forwarding: List[Dict[str, object]], rules: _Rules) -> bool:
    """Whether the family's filter table is the iptables command's; if so, its rules are looked at."""
    wanted = (_NFT_FAMILIES[family], "filter", "FORWARD")
    if not any((chain["family"], chain["table"], chain["name"]) == wanted for chain in forwarding):
        return False
    chains = xtables.saved(host, family)
    if chains is None:
        return False
    rules.standing += xtables.standing(Place(IPTABLES_NFT, family), {"filter": chains})
    if xtables.may_drop(chains):
        rules.dropping.append(Place(IPTABLES_NFT, family))
    return True


def _interfaces(host: Host, wanted: Wanted) -> Tuple[Interfaces, Tuple[str, ...]]:
    """The interfaces to name in rules, and those among them that are not there."""
    if not wanted.present:
        return Interfaces(), ()
    defaults = {family: wanted.out_interface or host.networks.default_interface(family == 6) for family in _FAMILIES}
    outer = {family: defaults[family] or defaults[10 - family] or "" for family in wanted.families}
    inner = wanted.in_interface or ""
    if not inner and wanted.ports:
        inner = next(filter(None, (host.routes.interface_to(address) for address in wanted.addresses.values())), "")
    named = dict.fromkeys(name for name in (inner, *outer.values()) if name)
    return Interfaces(inner, outer), tuple(name for name in named if not host.routes.interface_exists(name))


def _sockets(host: Host, wanted: Wanted) -> Tuple[Socket, ...]:
    """The sockets of the host that have one of the wanted port numbers."""
    ranges = [port.host for port in wanted.ports]
    bound = host.sockets.listening()
    return tuple(
        host.sockets.with_holder(item) for item in bound if any(first <= item.port <= last for first, last in ranges)
    )


def _drop_in(host: Host) -> Optional[str]:
    try:
        return host.files.read(settings.DROP_IN).decode("utf-8", "replace")
    except FileNotFoundError:
        return None
