# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes to one end of a pair, or to the bridge: attributes, settings, addresses, routes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Dict, Iterator, Optional, Tuple, Union

from .model import Route
from .model import Setting as KernelSetting
from .place import Place

if TYPE_CHECKING:
    from .._sys.host import Host
    from .._sys.netlink import Netlink

Value = Union[None, bool, int, str]


@dataclass(frozen=True)
class End:
    """A link by name: inside the place, or (None) on the host."""

    place: Optional[Place]
    name: str

    def __str__(self) -> str:
        return f"{self.name} in {self.place}" if self.place else self.name

    @contextmanager
    def netlink(self, host: Host) -> Iterator[Netlink]:
        """The socket that reaches the link."""
        if self.place is None:
            yield host.networks.own
            return
        with self.place.entered(host) as namespace:
            yield namespace.netlink

    @contextmanager
    def entered(self, host: Host) -> Iterator[None]:
        """The thread is in the link's namespace."""
        if self.place is None:
            yield
            return
        with self.place.entered(host) as namespace, namespace.entered():
            yield

    def there(self, host: Host) -> bool:
        """Whether the link is still to be found; undoing stops where it isn't."""
        if self.place is not None and self.place.path(host) is None:
            return False
        with self.netlink(host) as netlink:
            return netlink.link(self.name) is not None


_Change = Callable[["Netlink", str, Value], None]
_ATTRIBUTES: Dict[str, Tuple[_Change, Callable[[str, Value], str]]] = {
    "up": (
        lambda netlink, name, on: netlink.set_up(name, bool(on)),
        lambda end, on: f"set {end} {'up' if on else 'down'}",
    ),
    "mtu": (
        lambda netlink, name, mtu: netlink.set_mtu(name, int(mtu or 0)),
        lambda end, mtu: f"set the MTU of {end} to {mtu}",
    ),
    "mac": (
        lambda netlink, name, mac: netlink.set_mac(name, str(mac)),
        lambda end, mac: f"set the hardware address of {end} to {mac}",
    ),
    "alias": (
        lambda netlink, name, alias: netlink.set_alias(name, str(alias)),
        lambda end, alias: f"mark {end} as ours ({alias})",
    ),
    "bridge": (
        lambda netlink, name, bridge: netlink.set_bridge(name, str(bridge) if bridge else None),
        lambda end, bridge: f"put {end} into bridge {bridge}" if bridge else f"take {end} out of its bridge",
    ),
    "hairpin": (
        lambda netlink, name, on: netlink.set_hairpin(name, bool(on)),
        lambda end, on: f"turn hairpin of {end} {'on' if on else 'off'}",
    ),
    "spanning": (
        lambda netlink, name, on: netlink.set_spanning(name, bool(on)),
        lambda end, on: f"turn spanning tree of {end} {'on' if on else 'off'}",
    ),
}
"""Attribute -> how it is set, and in which words."""


@dataclass(frozen=True)
class SetAttribute:
    """Set one attribute of a link; which there are is in the table above."""

    end: End
    attribute: str
    before: Value
    after: Value

    def describe(self) -> str:
        return _ATTRIBUTES[self.attribute][1](str(self.end), self.after)

    def apply(self, host: Host) -> None:
        with self.end.netlink(host) as netlink:
            _ATTRIBUTES[self.attribute][0](netlink, self.end.name, self.after)

    def undo(self, host: Host) -> None:
        if self.end.there(host):
            with self.end.netlink(host) as netlink:
                _ATTRIBUTES[self.attribute][0](netlink, self.end.name, self.before)


@dataclass(frozen=True)
class ChangeSetting:
    """Change a kernel setting of the interface."""

    end: End
    before: KernelSetting
    after: KernelSetting

    def describe(self) -> str:
        return f"set {self.after.family} {self.after.name} of {self.end} to {self.after.value}"

    def apply(self, host: Host) -> None:
        self._write(host, self.after)

    def undo(self, host: Host) -> None:
        if self.end.there(host):
            self._write(host, self.before)

    def _write(self, host: Host, setting: KernelSetting) -> None:
        with self.end.entered(host):
            host.sysctl.write(setting.path(self.end.name), setting.value)


@dataclass(frozen=True)
class SwitchOffload:
    """Leave transmit checksums to the device (``on``), or compute them."""

    end: End
    on: bool

    def describe(self) -> str:
        return f"turn checksum offload of {self.end} {'on' if self.on else 'off'}"

    def apply(self, host: Host) -> None:
        self._switch(host, self.on)

    def undo(self, host: Host) -> None:
        if self.end.there(host):
            self._switch(host, not self.on)

    def _switch(self, host: Host, on: bool) -> None:
        with self.end.entered(host):
            host.offload.set_checksum(self.end.name, on)


@dataclass(frozen=True)
class ChangeAddress:
    """Add an address, or (``add`` false) remove it."""

    end: End
    cidr: str
    add: bool = True

    def describe(self) -> str:
        return f"add address {self.cidr} to {self.end}" if self.add else f"remove address {self.cidr} from {self.end}"

    def apply(self, host: Host) -> None:
        self._change(host, self.add)

    def undo(self, host: Host) -> None:
        if self.end.there(host):
            self._change(host, not self.add)

    def _change(self, host: Host, add: bool) -> None:
        with self.end.netlink(host) as netlink:
            (netlink.add_address if add else netlink.remove_address)(self.end.name, self.cidr)


@dataclass(frozen=True)
class ChangeRoute:
    """Add a route through the interface, or (``add`` false) remove it."""

    end: End
    route: Route
    add: bool = True

    def describe(self) -> str:
        act = "add" if self.add else "remove"
        return f"{act} route {self.route} through {self.end}"

    def apply(self, host: Host) -> None:
        self._change(host, self.add)

    def undo(self, host: Host) -> None:
        if self.end.there(host):
            self._change(host, not self.add)

    def _change(self, host: Host, add: bool) -> None:
        route = self.route
        with self.end.netlink(host) as netlink:
            change = netlink.add_route if add else netlink.remove_route
            change(self.end.name, route.dest, route.gateway, route.metric)


@dataclass(frozen=True)
class ChangeReservation:
    """Hold a container's address for it (see ``model.reservation``), or (``add`` false) let go of it."""

    end: End
    altname: str
    add: bool = True

    def describe(self) -> str:
        return f"{'reserve' if self.add else 'release'} {self.altname} for {self.end}"

    def apply(self, host: Host) -> None:
        self._change(host, self.add)

    def undo(self, host: Host) -> None:
        if self.end.there(host):
            self._change(host, not self.add)

    def _change(self, host: Host, add: bool) -> None:
        with self.end.netlink(host) as netlink:
            (netlink.add_altname if add else netlink.remove_altname)(self.end.name, self.altname)
