# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes that nat_rule makes: one owner's rules in one place, kernel settings, the drop-in, stale flows."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, List, Optional, Tuple

from . import nft_chains, nft_table, xtables
from .rule import FOREIGN_CHAIN, IPTABLES, NFTABLES, Place, Rule
from .settings import DROP_IN

if TYPE_CHECKING:
    from .._sys.host import Host

_TOLD_ONE_BY_ONE = 4
OFF = "0"


@dataclass(frozen=True)
class ReplaceRules:
    """One owner's rules in one place become others, all at once."""

    owner: str
    place: Place
    before: Tuple[Rule, ...]
    after: Tuple[Rule, ...]

    def describe(self) -> str:
        old, new = Counter(self.before), Counter(self.after)
        changes = [_counted("remove", list((old - new).elements())), _counted("add", list((new - old).elements()))]
        told = "; ".join(change for change in changes if change) or "put in order"
        return f"{self.place.text()}, rules of {self.owner}: {told}"

    def apply(self, host: Host) -> None:
        self._replace(host, self.before, self.after)

    def undo(self, host: Host) -> None:
        self._replace(host, self.after, self.before)

    def _replace(self, host: Host, before: Tuple[Rule, ...], after: Tuple[Rule, ...]) -> None:
        if self.place.kind == NFTABLES:
            nft_table.replace(host, {self.owner: after})
        elif self.place.kind == FOREIGN_CHAIN:
            nft_chains.replace(host, self.place, self.owner, after)
        elif self.place.kind == IPTABLES:
            xtables.replace_legacy(host, self.place.family, self.owner, before, after)
        else:
            xtables.replace_nft(host, self.place.family, self.owner, after)


def _counted(verb: str, rules: List[Rule]) -> str:
    """The rules in words while they are few; their number where only the diff can show them well."""
    if len(rules) > _TOLD_ONE_BY_ONE:
        return f"{verb} {len(rules)} rules"
    return "; ".join(f"{verb} {rule.text()}" for rule in rules)


@dataclass(frozen=True)
class SetSetting:
    """A kernel setting, live."""

    name: str
    before: Optional[str]
    after: str

    def describe(self) -> str:
        return f"set {self.name} to {self.after}"

    def apply(self, host: Host) -> None:
        try:
            host.sysctl.write(self.name, self.after)
        except FileNotFoundError:
            if self.after != OFF:  # with an interface that is gone all of it is off
                raise

    def undo(self, host: Host) -> None:
        if self.before is not None:
            with suppress(FileNotFoundError):  # the interface is gone, and its settings with it
                host.sysctl.write(self.name, self.before)


@dataclass(frozen=True)
class WriteDropIn:
    """The file that keeps forwarding on over a reboot; no text: no file."""

    before: Optional[str]
    after: Optional[str]
    path: str = DROP_IN

    def describe(self) -> str:
        return f"{'remove' if self.after is None else 'write'} {self.path}"

    def apply(self, host: Host) -> None:
        self._put(host, self.after)

    def undo(self, host: Host) -> None:
        self._put(host, self.before)

    def _put(self, host: Host, text: Optional[str]) -> None:
        if text is None:
            host.files.remove(self.path)
        else:
            host.files.make_dir(os.path.dirname(self.path), 0o755)
            host.files.write_atomic(self.path, text.encode(), 0o644)


@dataclass(frozen=True)
class DropFlows:
    """Tracked UDP flows to a published port, which would go on past a rule that is new or gone."""

    family: int
    address: str
    ports: Tuple[int, int]

    def describe(self) -> str:
        first, last = self.ports
        ports = str(first) if first == last else f"{first}-{last}"
        return f"forget tracked IPv{self.family} flows to {self.address or 'this host'}, udp port {ports}"

    def apply(self, host: Host) -> None:
        first, last = self.ports
        for flow in host.conntrack.udp_flows(self.family):
            to_us = flow.destination == self.address if self.address else host.conntrack.is_local(flow.destination)
            if first <= flow.port <= last and to_us:
                host.conntrack.drop(flow)

    def undo(self, _host: Host) -> None:
        """A flow begins anew with its next packet."""
