# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor's network: a bridge, a veth pair for each container, and one nftables transaction for all.

Messages to rtnetlink, packed by hand; see rtnetlink(7). Two per container: one makes the pair, the peer where it
belongs, the outer one up and in the bridge; the other, sent from inside, is of four requests in one send.
"""

from __future__ import annotations

import ctypes
import ipaddress
import os
import socket
import struct
from typing import Tuple

BRIDGE = "br-floor"
TABLE = "floor"
GROUP = 4711
"""The group that all links are in, so that one request removes them all."""

_NEWLINK, _DELLINK, _NEWADDR, _NEWROUTE = 16, 17, 20, 24
_REQUEST, _ACK, _CREATE_NEW = 0x1, 0x4, 0x600
_IFNAME, _MASTER, _LINKINFO, _NET_NS_PID, _GROUP = 3, 10, 18, 19, 27
_INFO_KIND, _INFO_DATA, _PEER = 1, 2, 1
_UP = 1
_LOOPBACK, _PEER_INDEX = 1, 2
_MAIN, _BOOT, _UNICAST = 254, 3, 1
_HEADER = struct.Struct("=IHHII")


class Links:
    """A socket in the network namespace that it was opened in."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)

    def add_bridge(self, gateway: str, prefix: int) -> int:
        """Make the bridge, with the containers' gateway as its address; returns its index."""
        kind = _attribute(_LINKINFO, _attribute(_INFO_KIND, b"bridge"))
        self._send(_request(_NEWLINK, _CREATE_NEW, _link(up=True) + _attribute(_IFNAME, BRIDGE.encode()) + kind))
        index = socket.if_nametoindex(BRIDGE)
        self._send(_new_address(index, gateway, prefix))
        return index

    def add_pair(self, name: str, bridge: int, pid: int) -> None:
        """A pair between the bridge and eth0 in the network namespace of the process."""
        peer = _link(_PEER_INDEX) + _attribute(_IFNAME, b"eth0") + _attribute(_NET_NS_PID, _number(pid))
        info = _attribute(_INFO_KIND, b"veth") + _attribute(_INFO_DATA, _attribute(_PEER, peer))
        ours = _attribute(_IFNAME, name.encode()) + _attribute(_MASTER, _number(bridge))
        ours += _attribute(_GROUP, _number(GROUP))
        self._send(_request(_NEWLINK, _CREATE_NEW, _link(up=True) + ours + _attribute(_LINKINFO, info)))

    def set_up_inside(self, address: str, prefix: int, gateway: str) -> None:
        """In a container's namespace: loopback and eth0 up, the address, the default route."""
        route = struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, _MAIN, _BOOT, 0, _UNICAST, 0)
        route += _attribute(5, socket.inet_aton(gateway)) + _attribute(4, _number(_PEER_INDEX))
        up = [_request(_NEWLINK, 0, _link(index, up=True), acknowledged=False) for index in (_LOOPBACK, _PEER_INDEX)]
        address_there = _new_address(_PEER_INDEX, address, prefix, acknowledged=False)
        self._send(b"".join(up) + address_there + _request(_NEWROUTE, _CREATE_NEW, route))

    def remove_all(self) -> None:
        """All pairs in one request, then the bridge."""
        self._send(_request(_DELLINK, 0, _link() + _attribute(_GROUP, _number(GROUP))))
        self._send(_request(_DELLINK, 0, _link(socket.if_nametoindex(BRIDGE))))

    def _send(self, message: bytes) -> None:
        """Raises OSError with what the kernel refused."""
        self._socket.send(message)
        (code,) = struct.unpack_from("=i", self._socket.recv(1 << 16), _HEADER.size)
        if code:
            raise OSError(-code, os.strerror(-code), "rtnetlink")


def run_nft(commands: str) -> None:
    """One transaction, by libnftables."""
    nft = ctypes.CDLL("libnftables.so.1")
    nft.nft_ctx_new.restype = ctypes.c_void_p
    context = ctypes.c_void_p(nft.nft_ctx_new(0))
    if nft.nft_run_cmd_from_buffer(context, commands.encode()):
        raise OSError("nftables refused the floor's rules")


def rules(subnet: str) -> str:
    """Masquerade for the subnet, and what lets its packets be forwarded."""
    return f"""
    add table inet {TABLE}
    add chain inet {TABLE} postrouting {{ type nat hook postrouting priority 100; }}
    add chain inet {TABLE} forward {{ type filter hook forward priority 0; }}
    add rule inet {TABLE} postrouting ip saddr {subnet} ip daddr != {subnet} masquerade
    add rule inet {TABLE} forward iifname "{BRIDGE}" ip saddr {subnet} accept
    add rule inet {TABLE} forward oifname "{BRIDGE}" ip daddr {subnet} ct state established,related accept
    add rule inet {TABLE} forward oifname "{BRIDGE}" ip daddr {subnet} drop
    """


def addresses(subnet: str) -> Tuple[str, int, int]:
    """The gateway, the length of the prefix, and the number of the first address for a container."""
    network = ipaddress.IPv4Network(subnet)
    return str(network[1]), network.prefixlen, int(network[2])


def dotted(number: int) -> str:
    return socket.inet_ntoa(struct.pack("!I", number))


def _new_address(index: int, address: str, prefix: int, acknowledged: bool = True) -> bytes:
    raw = socket.inet_aton(address)
    body = struct.pack("=BBBBI", socket.AF_INET, prefix, 0, 0, index) + _attribute(2, raw) + _attribute(1, raw)
    return _request(_NEWADDR, _CREATE_NEW, body, acknowledged)


def _request(kind: int, flags: int, body: bytes, acknowledged: bool = True) -> bytes:
    flags |= _REQUEST | (_ACK if acknowledged else 0)
    return _HEADER.pack(_HEADER.size + len(body), kind, flags, 0, 0) + body


def _link(index: int = 0, up: bool = False) -> bytes:
    return struct.pack("=BxHiII", socket.AF_UNSPEC, 0, index, _UP * up, _UP * up)


def _attribute(kind: int, data: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


def _number(number: int) -> bytes:
    return struct.pack("=I", number)
