# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's connection tracking: find and drop UDP entries, over ctnetlink.

A UDP entry made before a rule (or after its removal) keeps packets on the old way for as long as
they come; nothing in a change of rules touches it. Raw netlink: three attributes are read, and an
entry is named in a removal by the very bytes that the kernel listed.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import struct
from dataclasses import dataclass
from typing import Iterator, List, Optional, Tuple

from .attributes import attributes

_NETLINK_NETFILTER = 12
_SUBSYSTEM = 1 << 8
_GET = _SUBSYSTEM | 1
_DELETE = _SUBSYSTEM | 2
_REQUEST, _ACK, _DUMP = 0x1, 0x4, 0x300
_ERROR, _DONE = 2, 3
_TUPLE_ORIG, _TUPLE_REPLY, _ID, _ZONE = 1, 2, 12, 18
_TUPLE_IP, _TUPLE_PROTO = 1, 2
_SOURCE = {socket.AF_INET: 1, socket.AF_INET6: 3}
_DESTINATION = {socket.AF_INET: 2, socket.AF_INET6: 4}
_PROTO_NUMBER, _PROTO_DESTINATION_PORT = 1, 3
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


@dataclass(frozen=True)
class Flow:
    """A tracked UDP flow: whom the first packet was sent to, and who answers."""

    family: int
    destination: str
    port: int
    answerer: str
    key: bytes
    """The attributes that name the entry to the kernel."""


class Conntrack:
    """Connection tracking of the network namespace we are in."""

    def udp_flows(self, family: int) -> List[Flow]:
        """Every tracked UDP flow of the family."""
        with _netlink() as kernel:
            header = struct.pack("=BBH", _FAMILIES[family], 0, 0)
            messages = list(_exchange(kernel, _GET, _REQUEST | _DUMP, header))
        flows = (_flow(family, message[4:]) for message in messages)
        return [flow for flow in flows if flow is not None]

    def drop(self, flow: Flow) -> None:
        """Forget the flow; one that is gone already is no error."""
        with _netlink() as kernel:
            try:
                body = struct.pack("=BBH", _FAMILIES[flow.family], 0, 0) + flow.key
                list(_exchange(kernel, _DELETE, _REQUEST | _ACK, body))
            except OSError as error:
                if error.errno != errno.ENOENT:
                    raise

    def is_local(self, address: str) -> bool:
        """Whether the address is one of this host's own: only then can a socket be bound to it."""
        version = ipaddress.ip_address(address).version
        with socket.socket(_FAMILIES[version], socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((address, 0))
            except OSError:
                return False
        return True


def _netlink() -> socket.socket:
    try:
        kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_NETFILTER)
    except OSError as error:
        raise OSError(error.errno, error.strerror, "conntrack netlink socket") from error
    kernel.bind((0, 0))
    return kernel


def _exchange(kernel: socket.socket, kind: int, flags: int, body: bytes) -> Iterator[bytes]:
    """Send a request; yield the payloads of the answers until the kernel says that was all."""
    kernel.send(struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body)
    while True:
        data = kernel.recv(1 << 18)
        offset = 0
        while offset < len(data):
            length, answer = struct.unpack_from("=IH", data, offset)
            if answer in (_ERROR, _DONE):
                number = -struct.unpack_from("=i", data, offset + 16)[0]
                if number > 0:
                    raise OSError(number, os.strerror(number), "conntrack")
                return
            yield data[offset + 16 : offset + length]
            offset += length + 3 & ~3


def _ends(family: int, data: bytes) -> Tuple[int, str, str, int]:
    """Protocol, source, destination and destination port of one direction."""
    parts = dict(attributes(data))
    addresses, protocol = dict(attributes(parts[_TUPLE_IP])), dict(attributes(parts[_TUPLE_PROTO]))
    source = str(ipaddress.ip_address(addresses[_SOURCE[_FAMILIES[family]]]))
    destination = str(ipaddress.ip_address(addresses[_DESTINATION[_FAMILIES[family]]]))
    port = protocol.get(_PROTO_DESTINATION_PORT, b"\0\0")
    return protocol[_PROTO_NUMBER][0], source, destination, int.from_bytes(port, "big")


def _flow(family: int, data: bytes) -> Optional[Flow]:
    parts = dict(attributes(data))
    number, _source, destination, port = _ends(family, parts[_TUPLE_ORIG])
    if number != socket.IPPROTO_UDP:
        return None
    answerer = _ends(family, parts[_TUPLE_REPLY])[1]
    key = b"".join(_packed(kind, parts[kind]) for kind in (_TUPLE_ORIG, _ID, _ZONE) if kind in parts)
    return Flow(family, destination, port, answerer, key)


def _packed(kind: int, value: bytes) -> bytes:
    nested = 0x8000 if kind == _TUPLE_ORIG else 0
    return struct.pack("=HH", 4 + len(value), kind | nested) + value + b"\0" * (-len(value) % 4)
