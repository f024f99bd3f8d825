# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes to whole links: the pair, and the bridge. Changes to what is on a link are in ``ops_end``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._core.errors import ContainersError
from .ends import is_half_made
from .model import BRIDGE_ALIAS
from .place import Place

if TYPE_CHECKING:
    from .._sys.host import Host
    from .._sys.netlink_data import Link


@dataclass(frozen=True)
class AddPair:
    """Make both ends, the inner one where it belongs from the start, and mark the outer one as ours."""

    name: str
    mac: str
    alias: str
    place: Place
    interface: str
    interface_mac: str
    mtu: int

    def describe(self) -> str:
        return f"connect {self.interface} in {self.place} to {self.name}"

    def apply(self, host: Host) -> None:
        own = host.networks.own
        with self.place.entered(host) as namespace:
            own.add_veth(self.name, self.mac, self.mtu, self.interface, self.interface_mac, namespace.descriptor)
        try:
            own.set_alias(self.name, self.alias)
        except BaseException:
            own.delete(self.name)
            raise

    def undo(self, host: Host) -> None:
        host.networks.own.delete(self.name)


@dataclass(frozen=True)
class RemoveLink:
    """Remove a pair by its outer end, unless somebody else has taken over the name meanwhile."""

    name: str
    alias: str

    def describe(self) -> str:
        return f"remove link {self.name}"

    def apply(self, host: Host) -> None:
        link = host.networks.own.link(self.name)
        if link is None:
            return
        if link.alias != self.alias:
            raise ContainersError("another link has that name now")
        host.networks.own.delete(self.name)

    def undo(self, host: Host) -> None:
        """A pair that led nowhere, or is to be made anew: there is nothing to take back."""


@dataclass(frozen=True)
class AddBridge:
    """Make a bridge and mark it as ours."""

    name: str
    mac: str

    def describe(self) -> str:
        return f"create bridge {self.name}"

    def apply(self, host: Host) -> None:
        own = host.networks.own
        own.add_bridge(self.name, self.mac)
        try:
            own.set_alias(self.name, BRIDGE_ALIAS)
        except BaseException:
            own.delete(self.name)
            raise

    def undo(self, host: Host) -> None:
        _remove_empty_bridge(host, self.name)


@dataclass(frozen=True)
class RemoveBridge:
    """Remove a bridge of ours whose last member has left it."""

    name: str

    def describe(self) -> str:
        return f"remove bridge {self.name}"

    @staticmethod
    def is_ours(host: Host, link: Link) -> bool:
        return link.alias == BRIDGE_ALIAS or is_half_made(host, link)

    def apply(self, host: Host) -> None:
        _remove_empty_bridge(host, self.name)

    def undo(self, host: Host) -> None:
        """Always the last op of a plan: nothing follows that could fail."""


def _remove_empty_bridge(host: Host, name: str) -> None:
    own = host.networks.own
    link = own.link(name)
    if link is not None and RemoveBridge.is_ours(host, link) and not own.members(link.index):
        own.delete(name)
