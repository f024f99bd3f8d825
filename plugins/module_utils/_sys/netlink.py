# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""rtnetlink in one network namespace: links, addresses and routes, read and changed one at a time.

pyroute2 (0.7.2 or newer) speaks the protocol; what it returns becomes plain data here, and what it
raises becomes a ContainersError with the kernel's own words. What a link is for is not known here.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import Any, Iterator, List, Optional

from .._core.deps import load
from .._core.errors import ContainersError
from .netlink_data import (
    IFA_F_NODAD,
    PROTO_STATIC,
    RT_SCOPE_LINK,
    Link,
    LinkAddress,
    LinkRoute,
    address_of,
    link_of,
    route_of,
)

_RTM_F_FIB_MATCH = 0x2000
_RT_TABLE_MAIN = 254
_RTN_UNICAST = 1
_AF_INET6 = 10


class Netlink:
    """One rtnetlink socket, bound for good to the network namespace it was opened in."""

    def __init__(self) -> None:
        pyroute2 = load("pyroute2")
        self._refused = load("pyroute2.netlink.exceptions").NetlinkError
        self._socket = pyroute2.IPRoute(ext_ack=True, strict_check=True)

    def close(self) -> None:
        self._socket.close()

    def link(self, name: str) -> Optional[Link]:
        """The link of that name."""
        return self._get_link(ifname=name)

    def link_at(self, index: int) -> Optional[Link]:
        """The link of that index."""
        return self._get_link(index=index)

    def link_also_named(self, altname: str) -> Optional[Link]:
        """The link that has this alternative name."""
        return self._get_link(altname=altname)

    def members(self, bridge: int) -> List[str]:
        """Names of the links in the bridge of that index."""
        with self._kernel_words():
            return [message.get_attr("IFLA_IFNAME") for message in self._socket.get_links(master=bridge)]

    def addresses(self, link: int) -> List[LinkAddress]:
        """The addresses on the link of that index, IPv4 first."""
        with self._kernel_words():
            found = [message for message in self._socket.get_addr(index=link) if message["index"] == link]
        return [address_of(message) for message in sorted(found, key=lambda message: int(message["family"]))]

    def routes(self, family: int, link: int = 0) -> List[LinkRoute]:
        """The unicast routes of the main table; with ``link``, those through the link of that index."""
        through = {"oif": link} if link else {}
        with self._kernel_words():
            found = list(self._socket.get_routes(family=family, table=_RT_TABLE_MAIN, **through))
        return [route_of(message) for message in found if message["type"] == _RTN_UNICAST]

    def route_to(self, address: str) -> Optional[LinkRoute]:
        """The table entry that a packet to the address would match; None where none does."""
        family = _AF_INET6 if ":" in address else 2
        try:
            found = self._socket.route("get", dst=address, family=family, flags=_RTM_F_FIB_MATCH)
        except self._refused as error:
            if error.code in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES, errno.EINVAL):
                return None
            raise _failure(error) from error
        return next((route_of(message) for message in found), None)

    def nsid(self, namespace: int) -> Optional[int]:
        """The id by which this namespace knows the one that the descriptor is of; None: not at all."""
        with self._kernel_words():
            number = int(self._socket.get_netnsid(fd=namespace)["nsid"])
        return None if number in (-1, 0xFFFFFFFF) else number

    def add_veth(self, name: str, mac: str, mtu: int, peer: str, peer_mac: str, namespace: int) -> None:
        """Make both ends at once, the peer inside the namespace: no renaming, no moving."""
        ends = {"ifname": peer, "address": peer_mac, "mtu": mtu, "net_ns_fd": namespace}
        with self._kernel_words():
            self._socket.link("add", kind="veth", ifname=name, address=mac, mtu=mtu, peer=ends)

    def add_bridge(self, name: str, mac: str) -> None:
        """Make a bridge that forwards at once (no spanning tree) and keeps its address whoever joins."""
        with self._kernel_words():
            self._socket.link("add", kind="bridge", ifname=name, address=mac, br_stp_state=0, br_forward_delay=0)

    def delete(self, name: str) -> None:
        """Delete the link; none there is no error."""
        link = self.link(name)
        if link is None:
            return
        with self._kernel_words(errno.ENODEV):
            self._socket.link("del", index=link.index)

    def set_up(self, name: str, up: bool) -> None:
        self._set(name, state="up" if up else "down")

    def set_mtu(self, name: str, mtu: int) -> None:
        self._set(name, mtu=mtu)

    def set_mac(self, name: str, mac: str) -> None:
        self._set(name, address=mac)

    def set_alias(self, name: str, alias: str) -> None:
        self._set(name, ifalias=alias)

    def set_bridge(self, name: str, bridge: Optional[str]) -> None:
        """Put the link into the bridge; None takes it out of the one it is in."""
        self._set(name, master=self._index(bridge) if bridge else 0)

    def set_stp(self, name: str, on: bool) -> None:
        self._set(name, kind="bridge", br_stp_state=int(on))

    def set_hairpin(self, name: str, on: bool) -> None:
        """Whether the bridge may send a frame back out of the port it came in by."""
        index = self._index(name)
        with self._kernel_words():
            self._socket.brport("set", index=index, mode=int(on))

    def add_altname(self, name: str, altname: str) -> None:
        """Give the link one more name. Raises where any link of the namespace has it already."""
        index = self._index(name)
        with self._kernel_words():
            self._socket.link("property_add", index=index, altname=altname)

    def remove_altname(self, name: str, altname: str) -> None:
        index = self._index(name)
        with self._kernel_words():
            self._socket.link("property_del", index=index, altname=altname)

    def add_address(self, name: str, cidr: str) -> None:
        """Put the address on the link, usable at once; one that is there stays."""
        address, prefix = cidr.split("/")
        flags = {"flags": IFA_F_NODAD} if ":" in address else {}
        index = self._index(name)
        with self._kernel_words():
            self._socket.addr("replace", index=index, address=address, prefixlen=int(prefix), **flags)

    def remove_address(self, name: str, cidr: str) -> None:
        """Take the address off the link; none there is no error."""
        address, prefix = cidr.split("/")
        index = self._index(name)
        with self._kernel_words(errno.EADDRNOTAVAIL):
            self._socket.addr("del", index=index, address=address, prefixlen=int(prefix))

    def add_route(self, name: str, dest: str, gateway: Optional[str], metric: int) -> None:
        """Add a route through the link. Raises where the main table has one for dest and metric."""
        self._change_route("add", name, dest, gateway, metric)

    def remove_route(self, name: str, dest: str, gateway: Optional[str], metric: int) -> None:
        """Remove the route; none there is no error."""
        self._change_route("del", name, dest, gateway, metric, errno.ESRCH)

    def _change_route(
        self, act: str, name: str, dest: str, gateway: Optional[str], metric: int, *accepted: int
    ) -> None:
        values: dict[str, Any] = {"dst": dest, "oif": self._index(name), "table": _RT_TABLE_MAIN}
        values["family"] = _AF_INET6 if ":" in dest else 2
        if gateway is not None:
            values["gateway"] = gateway
        elif ":" not in dest:
            values["scope"] = RT_SCOPE_LINK
        if metric:
            values["priority"] = metric
        if act == "add":
            values["proto"] = PROTO_STATIC
        with self._kernel_words(*accepted):
            self._socket.route(act, **values)

    def _set(self, name: str, **values: Any) -> None:
        index = self._index(name)
        with self._kernel_words():
            self._socket.link("set", index=index, **values)

    def _index(self, name: str) -> int:
        link = self.link(name)
        if link is None:
            raise ContainersError(f"there is no link {name}")
        return link.index

    def _get_link(self, **by: Any) -> Optional[Link]:
        try:
            found = self._socket.link("get", **by)
        except self._refused as error:
            if error.code == errno.ENODEV:
                return None
            raise _failure(error) from error
        return link_of(found[0])

    @contextmanager
    def _kernel_words(self, *accepted: int) -> Iterator[None]:
        try:
            yield
        except self._refused as error:
            if error.code not in accepted:
                raise _failure(error) from error


def _failure(error: Any) -> ContainersError:
    words = os.strerror(error.code)
    detail = str(error.args[1]) if len(error.args) > 1 else ""
    return ContainersError(f"{words} ({detail})" if detail and detail != words else words)
