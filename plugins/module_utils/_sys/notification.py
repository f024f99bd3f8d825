# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a unit's main process tells systemd (see sd_notify(3)), and the wait until systemd has read it."""

from __future__ import annotations

import array
import os
import select
import socket

from .._core.errors import ContainersError

_SOCKET = "NOTIFY_SOCKET"
_PATIENCE_SECONDS = 30.0


def notify(message: str) -> None:
    """Send the message and wait until all sent so far is heeded. Without systemd around nobody is to be told."""
    address = os.environ.get(_SOCKET)
    if not address:
        return
    address = f"\0{address[1:]}" if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.connect(address)
        sender.send(message.encode())
        _wait_until_heeded(sender)


def _wait_until_heeded(sender: socket.socket) -> None:
    """A barrier: systemd closes the descriptor when it comes to this message, which is behind the others."""
    ours, theirs = os.pipe2(os.O_CLOEXEC)
    try:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [theirs]))]
        sender.sendmsg([b"BARRIER=1"], rights)
        os.close(theirs)
        theirs = -1
        poll = select.poll()
        poll.register(ours, select.POLLHUP)
        if not poll.poll(_PATIENCE_SECONDS * 1000):
            raise ContainersError("systemd doesn't take notice of the container's process")
    finally:
        os.close(ours)
        if theirs >= 0:
            os.close(theirs)
