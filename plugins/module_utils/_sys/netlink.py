# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""rtnetlink in one network namespace: links, addresses and routes, read and changed one at a time.

What the kernel refuses becomes a ContainersError in its own words. What a link is for isn't known here.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .._core.deps import load
from .._core.errors import ContainersError
from . import vxlan
from .netlink_data import (
    AF_INET,
    AF_INET6,
    IFA_F_NODAD,
    PROTO_STATIC,
    RT_SCOPE_LINK,
    RTN_UNICAST,
    Link,
    LinkAddress,
    LinkRoute,
    address_of,
    link_of,
    route_of,
)
from .rtsocket import RefusedError, RtSocket

_NEWLINK, _DELLINK, _GETLINK = 16, 17, 18
_NEWADDR, _DELADDR, _GETADDR = 20, 21, 22
_NEWROUTE, _DELROUTE, _GETROUTE = 24, 25, 26
_NEWNEIGH, _DELNEIGH, _GETNEIGH = 28, 29, 30
_GETNSID = 90
_NEWLINKPROP, _DELLINKPROP = 108, 109
_REPLACE, _EXCL, _CREATE, _APPEND = 0x100, 0x200, 0x400, 0x800
_IFF_UP = 0x1
_LINK_HEADER = 16
_LINK_INDEX = 4
"""Where in that header the index is."""
_IFLA_IFNAME = 3
_SKIP_STATISTICS = ("IFLA_EXT_MASK", 0x8)
_RTM_F_FIB_MATCH = 0x2000
_RT_TABLE_MAIN = 254
_RT_SCOPE_NOWHERE = 255
_NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES, errno.EINVAL)

Attribute = Tuple[str, Any]


class Netlink:
    """A namespace's links, by name. Only whoever opens the socket decides which namespace that is."""

    def __init__(self) -> None:
        self._link_message = load("pyroute2.netlink.rtnl.ifinfmsg").ifinfmsg
        self._address_message = load("pyroute2.netlink.rtnl.ifaddrmsg").ifaddrmsg
        self._route_message = load("pyroute2.netlink.rtnl.rtmsg").rtmsg
        self._neighbour_message = load("pyroute2.netlink.rtnl.ndmsg").ndmsg
        self._nsid_message = load("pyroute2.netlink.rtnl.nsidmsg").nsidmsg
        self._socket = RtSocket()

    def close(self) -> None:
        self._socket.close()

    def link(self, name: str) -> Optional[Link]:
        """The link of that name."""
        return self._get_link([("IFLA_IFNAME", name)])

    def link_at(self, index: int) -> Optional[Link]:
        """The link of that index."""
        return self._get_link([], index=index)

    def link_also_named(self, altname: str) -> Optional[Link]:
        """The link that has this alternative name."""
        return self._get_link([("IFLA_ALT_IFNAME", altname)])

    def links(self, kind: str) -> List[Link]:
        """Every link of that kind."""
        info = _nested([("IFLA_INFO_KIND", kind)])  # a filter that holds once the kernel knows any of the kind
        found = self._socket.dump(_message(self._link_message, [("IFLA_LINKINFO", info), _SKIP_STATISTICS]), _GETLINK)
        return [link for link in map(link_of, found) if link.kind == kind]

    def members(self, bridge: int) -> List[str]:
        """Names of the links in the bridge of that index, which may be thousands: no more than that is decoded."""
        asked = _message(self._link_message, [("IFLA_MASTER", bridge), _SKIP_STATISTICS])
        names = self._socket.dump_attribute(asked, _GETLINK, _LINK_HEADER, _IFLA_IFNAME)
        return [name.rstrip(b"\0").decode() for name in names]

    def addresses(self, link: int) -> List[LinkAddress]:
        """The addresses on the link of that index, IPv4 first; of a link that is gone, none."""
        found: List[Any] = []
        with _accepting(errno.ENODEV):
            found = self._socket.dump(_message(self._address_message, [], index=link), _GETADDR)
        return [address_of(message) for message in sorted(found, key=lambda message: int(message["family"]))]

    def routes(self, family: int, link: int = 0, protocol: int = 0) -> List[LinkRoute]:
        """The unicast routes of the main table; with ``link``, those through the link of that index, if it is there;
        with ``protocol``, those that it set."""
        through = [("RTA_OIF", link)] if link else []
        asked = _message(self._route_message, [("RTA_TABLE", _RT_TABLE_MAIN), *through], family=family, proto=protocol)
        found: List[Any] = []
        with _accepting(errno.ENODEV):
            found = self._socket.dump(asked, _GETROUTE)
        return [route_of(message) for message in found if message["type"] == RTN_UNICAST]

    def route_to(self, address: str) -> Optional[LinkRoute]:
        """The table entry that a packet to the address would match; None where none does."""
        family, bits = (AF_INET6, 128) if ":" in address else (AF_INET, 32)
        attributes = [("RTA_DST", address)]
        asked = _message(self._route_message, attributes, family=family, dst_len=bits, flags=_RTM_F_FIB_MATCH)
        found = None
        with _accepting(*_NO_ROUTE):
            found = self._socket.get(asked, _GETROUTE)
        return None if found is None else route_of(found)

    def remotes(self, link: int) -> List[str]:
        """The hosts that the VXLAN link of that index sends frames for unknown neighbours to."""
        asked = _message(self._neighbour_message, [("NDA_IFINDEX", link)], family=vxlan.AF_BRIDGE)
        found: List[Any] = []
        with _accepting(errno.ENODEV):
            found = self._socket.dump(asked, _GETNEIGH)
        return [remote for remote in map(vxlan.remote_of, found) if remote]

    def nsid(self, namespace: int) -> Optional[int]:
        """The id by which this namespace knows the one that the descriptor is of; None: not at all."""
        found = self._socket.get(_message(self._nsid_message, [("NETNSA_FD", namespace)]), _GETNSID)
        number = int(found.get_attr("NETNSA_NSID"))
        return None if number in (-1, 0xFFFFFFFF) else number

    def add_veth(self, name: str, mac: str, mtu: int, peer: str, peer_mac: str, namespace: int) -> None:
        """Make both ends at once, the peer inside the namespace: no renaming, no moving."""
        inner = [("IFLA_IFNAME", peer), ("IFLA_ADDRESS", peer_mac), ("IFLA_MTU", mtu), ("IFLA_NET_NS_FD", namespace)]
        info = _nested([("IFLA_INFO_KIND", "veth"), ("IFLA_INFO_DATA", _nested([("VETH_INFO_PEER", _nested(inner))]))])
        attributes = [("IFLA_ADDRESS", mac), ("IFLA_MTU", mtu), ("IFLA_LINKINFO", info)]
        self._change_link(name, attributes, flags=_CREATE | _EXCL)

    def add_bridge(self, name: str, mac: str) -> None:
        """Make a bridge that forwards at once (no spanning tree) and keeps its address whoever joins."""
        data = _nested([("IFLA_BR_STP_STATE", 0), ("IFLA_BR_FORWARD_DELAY", 0)])
        info = _nested([("IFLA_INFO_KIND", "bridge"), ("IFLA_INFO_DATA", data)])
        self._change_link(name, [("IFLA_ADDRESS", mac), ("IFLA_LINKINFO", info)], flags=_CREATE | _EXCL)

    def add_vxlan(self, name: str, mac: str, mtu: int, vni: int, port: int, local: str) -> None:
        """Make a VXLAN link that sends from the local address, to nobody yet."""
        attributes = [("IFLA_ADDRESS", mac), ("IFLA_MTU", mtu), ("IFLA_LINKINFO", vxlan.link_info(vni, port, local))]
        self._change_link(name, attributes, flags=_CREATE | _EXCL)

    def delete(self, name: str) -> None:
        """Delete the link; none there is no error."""
        with _accepting(errno.ENODEV):
            self._change_link(name, [], _DELLINK)

    def set_up(self, name: str, up: bool) -> None:
        asked = _message(self._link_message, [("IFLA_IFNAME", name)], flags=_IFF_UP if up else 0, change=_IFF_UP)
        self._socket.change(asked, _NEWLINK)

    def set_mtu(self, name: str, mtu: int) -> None:
        self._change_link(name, [("IFLA_MTU", mtu)])

    def set_mac(self, name: str, mac: str) -> None:
        self._change_link(name, [("IFLA_ADDRESS", mac)])

    def set_alias(self, name: str, alias: str) -> None:
        self._change_link(name, [("IFLA_IFALIAS", alias)])

    def set_bridge(self, name: str, bridge: Optional[str]) -> None:
        """Put the link into the bridge; None takes it out of the one it is in."""
        self._change_link(name, [("IFLA_MASTER", self._index(bridge) if bridge else 0)])

    def set_spanning(self, name: str, on: bool) -> None:
        """Turn spanning tree on, or off together with the delay before a new port forwards."""
        self._change_bridge(name, "IFLA_BR_STP_STATE", int(on))
        if not on:
            self._change_bridge(name, "IFLA_BR_FORWARD_DELAY", 0)  # refused while spanning tree is on

    def set_hairpin(self, name: str, on: bool) -> None:
        """Whether the bridge may send a frame back out of the port it came in by."""
        data = _nested([("IFLA_BRPORT_MODE", int(on))])
        info = _nested([("IFLA_INFO_SLAVE_KIND", "bridge"), ("IFLA_INFO_SLAVE_DATA", data)])
        self._change_link(name, [("IFLA_LINKINFO", info)])

    def add_altname(self, name: str, altname: str) -> None:
        """Give the link one more name. Raises where any link of the namespace has it already."""
        names = _nested([("IFLA_ALT_IFNAME", altname)])
        self._change_link(name, [("IFLA_PROP_LIST", names)], _NEWLINKPROP, _CREATE | _EXCL | _APPEND)

    def remove_altname(self, name: str, altname: str) -> None:
        self._change_link(name, [("IFLA_PROP_LIST", _nested([("IFLA_ALT_IFNAME", altname)]))], _DELLINKPROP)

    def add_address(self, name: str, cidr: str) -> None:
        """Put the address on the link, usable at once; one that is there stays."""
        self._socket.change(self._address(name, cidr), _NEWADDR, _CREATE | _REPLACE)

    def remove_address(self, name: str, cidr: str) -> None:
        """Take the address off the link; none there is no error."""
        with _accepting(errno.EADDRNOTAVAIL):
            self._socket.change(self._address(name, cidr), _DELADDR)

    def add_remote(self, name: str, remote: str) -> None:
        """Let the VXLAN link send frames for unknown neighbours to the host, too."""
        self._socket.change(self._entry(name, remote), _NEWNEIGH, _CREATE | _APPEND)

    def remove_remote(self, name: str, remote: str) -> None:
        """No longer send them to the host; no such entry is no error."""
        with _accepting(errno.ENOENT):
            self._socket.change(self._entry(name, remote), _DELNEIGH)

    def add_route(
        self, name: str, dest: str, gateway: Optional[str], metric: int, protocol: int = PROTO_STATIC
    ) -> None:
        """Add a route through the link. Raises where the main table has one for dest and metric."""
        on_link = RT_SCOPE_LINK if gateway is None and ":" not in dest else 0
        asked = self._route(name, dest, gateway, metric, proto=protocol, scope=on_link, type=RTN_UNICAST)
        self._socket.change(asked, _NEWROUTE, _CREATE | _EXCL)

    def remove_route(self, name: str, dest: str, gateway: Optional[str], metric: int, protocol: int = 0) -> None:
        """Remove the route, with ``protocol`` only if that set it; none there is no error."""
        asked = self._route(name, dest, gateway, metric, proto=protocol, scope=_RT_SCOPE_NOWHERE)
        with _accepting(errno.ESRCH):
            self._socket.change(asked, _DELROUTE)

    def _entry(self, name: str, remote: str) -> Any:
        return _message(
            self._neighbour_message,
            vxlan.entry(remote),
            family=vxlan.AF_BRIDGE,
            ifindex=self._index(name),
            state=vxlan.NUD_PERMANENT,
            flags=vxlan.NTF_SELF,
        )

    def _address(self, name: str, cidr: str) -> Any:
        text, prefix = cidr.split("/")
        ipv6 = ":" in text
        attributes = [("IFA_ADDRESS", text)] if ipv6 else [("IFA_LOCAL", text), ("IFA_ADDRESS", text)]
        return _message(
            self._address_message,
            attributes,
            index=self._index(name),
            family=AF_INET6 if ipv6 else AF_INET,
            prefixlen=int(prefix),
            flags=IFA_F_NODAD if ipv6 else 0,
        )

    def _route(self, name: str, dest: str, gateway: Optional[str], metric: int, **fields: int) -> Any:
        network, prefix = dest.split("/")
        attributes: List[Attribute] = [("RTA_OIF", self._index(name)), ("RTA_PRIORITY", metric)]
        if int(prefix):
            attributes.append(("RTA_DST", network))
        if gateway is not None:
            attributes.append(("RTA_GATEWAY", gateway))
        fields.update(family=AF_INET6 if ":" in dest else AF_INET, dst_len=int(prefix), table=_RT_TABLE_MAIN)
        return _message(self._route_message, attributes, **fields)

    def _change_link(self, name: str, attributes: List[Attribute], kind: int = _NEWLINK, flags: int = 0) -> None:
        self._socket.change(_message(self._link_message, [("IFLA_IFNAME", name), *attributes]), kind, flags)

    def _change_bridge(self, name: str, attribute: str, value: int) -> None:
        info = _nested([("IFLA_INFO_KIND", "bridge"), ("IFLA_INFO_DATA", _nested([(attribute, value)]))])
        self._change_link(name, [("IFLA_LINKINFO", info)])

    def _index(self, name: str) -> int:
        asked = _message(self._link_message, [("IFLA_IFNAME", name), _SKIP_STATISTICS])
        found = None
        with _accepting(errno.ENODEV):
            found = self._socket.get_field(asked, _GETLINK, _LINK_INDEX)
        if found is None:
            raise ContainersError(f"there is no link {name}")
        return found

    def _get_link(self, attributes: List[Attribute], **fields: int) -> Optional[Link]:
        asked = _message(self._link_message, [*attributes, _SKIP_STATISTICS], **fields)
        found = None
        with _accepting(errno.ENODEV):
            found = self._socket.get(asked, _GETLINK)
        return None if found is None else link_of(found)


def _message(message_class: Any, attributes: List[Attribute], **fields: int) -> Any:
    message = message_class()
    for name, value in fields.items():
        message[name] = value
    message["attrs"] = attributes
    return message


def _nested(attributes: List[Attribute]) -> Dict[str, List[Attribute]]:
    return {"attrs": attributes}


@contextmanager
def _accepting(*codes: int) -> Iterator[None]:
    try:
        yield
    except RefusedError as refused:
        if refused.code not in codes:
            raise
