# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The channel between the module and the init it starts: a few short messages, descriptors, an end.

Its end is a message too: to the module it means that the command was executed (the descriptor is
close-on-exec), to the init that the module is gone and nobody would know of the container.
"""

from __future__ import annotations

import array
import os
import select
import socket
from contextlib import suppress
from typing import Callable, Tuple, TypeVar

from .._core.errors import ContainersError
from .program import NotExecutedError

_MAX = 65536
_REFUSED = b"refused"
_Taken = TypeVar("_Taken")


class GoneError(Exception):
    """The other end is closed."""


class Channel:
    """One end. Messages arrive whole and in order."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    @classmethod
    def pair(cls) -> Tuple[Channel, Channel]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(ours), cls(theirs)

    @classmethod
    def of(cls, descriptor: int) -> Channel:
        """The end that the descriptor is."""
        return cls(socket.socket(fileno=descriptor))

    def fileno(self) -> int:
        return self._end.fileno()

    def close(self) -> None:
        self._end.close()

    def hang_up(self) -> None:
        """Tell the other side to end, and wait until nobody holds that end any more."""
        self._end.shutdown(socket.SHUT_WR)
        with suppress(GoneError):
            while True:
                self._take_message()

    def send(self, message: bytes) -> None:
        """Raises GoneError where nobody listens any more."""
        _say(lambda: self._end.send(message, socket.MSG_NOSIGNAL))

    def send_refusal(self, error: ContainersError) -> None:
        """Tell the module why it doesn't work."""
        code = error.code if isinstance(error, NotExecutedError) else 0
        fields = [_REFUSED, os.fsencode(error.message), os.fsencode(error.hint or ""), b"%d" % code]
        self.send(b"\0".join(fields))

    def send_descriptor(self, descriptor: int) -> None:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))]
        _say(lambda: self._end.sendmsg([b"descriptor"], rights, socket.MSG_NOSIGNAL))

    def receive_descriptor(self) -> int:
        """A descriptor, close-on-exec. Raises GoneError at the end."""
        space = socket.CMSG_SPACE(array.array("i").itemsize)
        _message, rights, _flags, _address = _take(lambda: self._end.recvmsg(_MAX, space, socket.MSG_CMSG_CLOEXEC))
        if not rights:
            raise GoneError
        received = array.array("i")
        received.frombytes(rights[0][2])
        return received[0]

    def peek(self) -> None:
        """Wait for a message, and leave it there for whoever receives next. Raises GoneError at the end.

        Any number of processes may wait for it at once: recv(2) would wake one of them only.
        """
        poll = select.poll()
        poll.register(self._end, select.POLLIN)
        poll.poll()
        if not _take(lambda: self._end.recv(1, socket.MSG_PEEK)):
            raise GoneError

    def receive(self) -> bytes:
        """The next message. Raises GoneError at the end, ContainersError for a refusal."""
        message = self._take_message()
        if message.startswith(_REFUSED):
            raise _refusal(*message.split(b"\0")[1:])
        return message

    def _take_message(self) -> bytes:
        message = _take(lambda: self._end.recv(_MAX))
        if not message:
            raise GoneError
        return message


def _say(send: Callable[[], int]) -> None:
    try:
        send()
    except (BrokenPipeError, ConnectionResetError) as error:
        raise GoneError from error


def _take(receive: Callable[[], _Taken]) -> _Taken:
    """What is received, and nothing at the end.

    Where the other end was closed before it had received everything, that is said first, once, and as a reset: what
    it had sent until then comes after it.
    """
    try:
        return receive()
    except ConnectionResetError:
        return receive()


def _refusal(text: bytes, hint: bytes, code: bytes) -> ContainersError:
    words, way_out = os.fsdecode(text), os.fsdecode(hint) or None
    return NotExecutedError(words, int(code), way_out) if int(code) else ContainersError(words, way_out)
