# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What systemd is told, and that its heeding is waited for."""

from __future__ import annotations

import array
import os
import socket
import threading
from pathlib import Path
from typing import List

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys import notification


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    path = str(tmp_path / "notify")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(path)
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    return listener


def receive(listener: socket.socket, order: List[str]) -> None:
    """As systemd does: read one message after the other, and close the descriptor that came with the barrier."""
    order.append(listener.recv(4096).decode())
    message, rights, _flags, _address = listener.recvmsg(4096, socket.CMSG_SPACE(4))
    order.append(message.decode())
    descriptors = array.array("i")
    descriptors.frombytes(rights[0][2])
    os.close(descriptors[0])


def test_it_returns_when_the_message_is_heeded(systemd: socket.socket) -> None:
    order: List[str] = []
    reader = threading.Timer(0.1, receive, (systemd, order))
    reader.start()
    notification.notify("MAINPID=7\nREADY=1")
    assert order == ["MAINPID=7\nREADY=1", "BARRIER=1"]
    reader.join()


def test_nobody_heeds_it(systemd: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notification, "_PATIENCE_SECONDS", 0.05)
    with pytest.raises(ContainersError, match="doesn't take notice"):
        notification.notify("READY=1")


def test_nobody_is_to_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notification.notify("READY=1")
