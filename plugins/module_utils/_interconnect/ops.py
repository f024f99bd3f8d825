# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes that host_interconnect makes: routes to other hosts, the VXLAN link and what is on it, forwarding.

What any link of the host can have on it is changed by the ops of ``_veth``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._core.errors import ContainersError
from .._sys.netlink_data import PROTO_INTERCONNECT
from .._veth.ops_end import ChangeAddress, End, SetAttribute, Value
from .model import Route, VxlanLink

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class AddLink:
    """Make the link, down and with nothing on it, and mark it as the network's."""

    link: VxlanLink
    mark: str

    def describe(self) -> str:
        return f"create VXLAN link {self.link.name} (VNI {self.link.vni}, UDP port {self.link.port})"

    def apply(self, host: Host) -> None:
        own, link = host.networks.own, self.link
        own.add_vxlan(link.name, link.mac, link.mtu, link.vni, link.port, link.local)
        try:
            own.add_altname(link.name, self.mark)
            own.set_alias(link.name, link.alias)
        except BaseException:
            own.delete(link.name)
            raise

    def undo(self, host: Host) -> None:
        host.networks.own.delete(self.link.name)


@dataclass(frozen=True)
class RemoveLink:
    """Remove the link of the network, unless somebody else has taken over its name meanwhile."""

    name: str
    mark: str

    def describe(self) -> str:
        return f"remove VXLAN link {self.name}"

    def apply(self, host: Host) -> None:
        own = host.networks.own
        link = own.link(self.name)
        if link is None:
            return
        if self.mark not in link.altnames:
            raise ContainersError("another link has that name now")
        own.delete(self.name)

    def undo(self, host: Host) -> None:
        """A tunnel that led elsewhere than wanted: there is nothing to take back."""


def set_attribute(name: str, attribute: str, before: Value, after: Value) -> SetAttribute:
    """Set one attribute of the link: up, mtu, mac or alias."""
    return SetAttribute(End(None, name), attribute, before, after)


def change_address(name: str, cidr: str, add: bool = True) -> ChangeAddress:
    """Add an address to the link, or (``add`` false) remove it."""
    return ChangeAddress(End(None, name), cidr, add)


@dataclass(frozen=True)
class ChangeRemote:
    """Have frames for unknown neighbours sent to another host, or (``add`` false) no longer."""

    name: str
    remote: str
    add: bool = True

    def describe(self) -> str:
        return f"{'add' if self.add else 'remove'} host {self.remote} {'to' if self.add else 'from'} {self.name}"

    def apply(self, host: Host) -> None:
        self._change(host, self.add)

    def undo(self, host: Host) -> None:
        if host.networks.own.link(self.name) is not None:
            self._change(host, not self.add)

    def _change(self, host: Host, add: bool) -> None:
        own = host.networks.own
        (own.add_remote if add else own.remove_remote)(self.name, self.remote)


@dataclass(frozen=True)
class ChangeRoute:
    """Add a route to another host's containers, or (``add`` false) remove it."""

    route: Route
    add: bool = True

    def describe(self) -> str:
        return f"{'add' if self.add else 'remove'} route {self.route}"

    def apply(self, host: Host) -> None:
        self._change(host, self.add)

    def undo(self, host: Host) -> None:
        if host.networks.own.link(self.route.interface) is not None:
            self._change(host, not self.add)

    def _change(self, host: Host, add: bool) -> None:
        own, route = host.networks.own, self.route
        change = own.add_route if add else own.remove_route
        change(route.interface, route.dest, route.gateway, 0, PROTO_INTERCONNECT)


@dataclass(frozen=True)
class TurnOnForwarding:
    """Let the host pass packets on; as the routes do, this lasts until the next boot."""

    setting: str

    def describe(self) -> str:
        return f"set {self.setting} to 1"

    def apply(self, host: Host) -> None:
        host.sysctl.write(self.setting, "1")

    def undo(self, host: Host) -> None:
        host.sysctl.write(self.setting, "0")
