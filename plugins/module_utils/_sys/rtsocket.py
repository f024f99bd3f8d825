# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to rtnetlink and their answers, over one plain socket. What they say is for ``netlink``.

pyroute2 encodes and decodes the messages; its sockets aren't used, because they cost several times
the request itself and, since 0.9, an event loop for each.
"""

from __future__ import annotations

import os
import socket
import struct
from typing import Any, Callable, Iterator, List, Optional, Tuple, Type

from .._core.errors import ContainersError
from .attributes import attributes

_SOL_NETLINK = 270
_NETLINK_CAP_ACK = 10
_NETLINK_EXT_ACK = 11
_NETLINK_GET_STRICT_CHK = 12
_NLMSG_ERROR = 2
_NLMSG_DONE = 3
_NLM_F_REQUEST = 0x001
_NLM_F_ACK = 0x004
_NLM_F_DUMP_INTR = 0x010
_NLM_F_DUMP = 0x300
_NLM_F_ACK_TLVS = 0x200
_NLMSGERR_ATTR_MSG = 1
_HEADER = struct.Struct("=IHHII")
_NUMBER = struct.Struct("=i")
_BUFFER = 1 << 16
_DUMP_TRIES = 10

Answer = Tuple[int, int, bytes]
"""Type, flags and the whole message, header included."""


class RefusedError(ContainersError):
    """The kernel's no: ``code`` is the errno, the message its words, with the reason if it gave one."""

    def __init__(self, code: int, reason: str) -> None:
        words = os.strerror(code)
        super().__init__(f"{words} ({reason})" if reason else words)
        self.code = code


class RtSocket:
    """Bound for good to the network namespace that it was opened in."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
        for option in (_NETLINK_CAP_ACK, _NETLINK_EXT_ACK, _NETLINK_GET_STRICT_CHK):
            self._socket.setsockopt(_SOL_NETLINK, option, 1)
        self._socket.bind((0, 0))
        self._sequence = 0

    def close(self) -> None:
        self._socket.close()

    def change(self, message: Any, kind: int, flags: int = 0) -> None:
        """Send a request that changes something. Raises RefusedError."""
        self._send(message, kind, flags | _NLM_F_ACK)
        for _answer in self._answers():
            pass

    def get(self, message: Any, kind: int) -> Any:
        """The one object asked for, as a message of the same class. Raises RefusedError."""
        self._send(message, kind, 0)
        return next(_decoded(type(message), raw) for _kind, _flags, raw in self._answers(single=True))

    def get_field(self, message: Any, kind: int, at: int) -> int:
        """One number in the fixed part of the object asked for, without decoding the rest. Raises RefusedError."""
        self._send(message, kind, 0)
        raw = next(raw for _kind, _flags, raw in self._answers(single=True))
        return int(_NUMBER.unpack_from(raw, _HEADER.size + at)[0])

    def dump(self, message: Any, kind: int) -> List[Any]:
        """All objects of a kind, asked for again if they changed meanwhile. Raises RefusedError."""
        return [_decoded(type(message), raw) for raw in self._dump(lambda: self._send(message, kind, _NLM_F_DUMP))]

    def dump_attribute(self, message: Any, kind: int, header: int, attribute: int) -> List[bytes]:
        """One attribute of each object, as bytes; ``header`` is the size of what precedes the attributes."""
        answers = self._dump(lambda: self._send(message, kind, _NLM_F_DUMP))
        found = (_attribute(raw, _HEADER.size + header, attribute) for raw in answers)
        return [value for value in found if value is not None]

    def dump_raw(self, kind: int, body: bytes) -> List[bytes]:
        """Like :meth:`dump`, of messages that are neither encoded nor decoded: what is behind their headers."""
        return [raw[_HEADER.size :] for raw in self._dump(lambda: self._send_raw(kind, body, _NLM_F_DUMP))]

    def _dump(self, send: Callable[[], None]) -> List[bytes]:
        for _attempt in range(_DUMP_TRIES):
            send()
            answers = list(self._answers())
            if not any(flags & _NLM_F_DUMP_INTR for _kind, flags, _raw in answers):
                break
        return [raw for kind, _flags, raw in answers if kind != _NLMSG_DONE]

    def _send(self, message: Any, kind: int, flags: int) -> None:
        self._sequence += 1
        header = {"type": kind, "flags": flags | _NLM_F_REQUEST, "sequence_number": self._sequence, "pid": 0}
        message["header"].update(header)
        message.reset()
        message.encode()
        self._socket.send(message.data)

    def _send_raw(self, kind: int, body: bytes, flags: int) -> None:
        self._sequence += 1
        header = _HEADER.pack(_HEADER.size + len(body), kind, flags | _NLM_F_REQUEST, self._sequence, 0)
        self._socket.send(header + body)

    def _answers(self, single: bool = False) -> Iterator[Answer]:
        while True:
            data = self._socket.recv(_BUFFER)
            at = 0
            while at < len(data):
                length, kind, flags, sequence, _port = _HEADER.unpack_from(data, at)
                raw = data[at : at + length]
                at += (length + 3) & ~3
                if sequence != self._sequence:
                    continue
                if kind == _NLMSG_ERROR:
                    _heed(raw, flags)
                    return
                yield kind, flags, raw
                if single or kind == _NLMSG_DONE:
                    return


def _decoded(message_class: Type[Any], raw: bytes) -> Any:
    message = message_class(raw)
    message.decode()
    return message


def _attribute(raw: bytes, at: int, wanted: int) -> Optional[bytes]:
    """The value of the message's first attribute of that number."""
    return next((value for number, value in attributes(raw, at) if number == wanted), None)


def _heed(raw: bytes, flags: int) -> None:
    """Raise what an NLMSG_ERROR says, unless it is the zero of an acknowledgement."""
    (code,) = struct.unpack_from("=i", raw, _HEADER.size)
    if code == 0:
        return
    reason = None
    if flags & _NLM_F_ACK_TLVS:  # the request's header comes first; its body doesn't (NETLINK_CAP_ACK)
        reason = _attribute(raw, _HEADER.size + 4 + _HEADER.size, _NLMSGERR_ATTR_MSG)
    raise RefusedError(-code, (reason or b"").rstrip(b"\0").decode("utf-8", "replace"))
