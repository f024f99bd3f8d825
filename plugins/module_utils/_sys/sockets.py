# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ports that programs of this host listen on, as /proc shows them, and who holds them."""

from __future__ import annotations

import ipaddress
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import List, Tuple

_LISTENING = {"tcp": "0A", "udp": "07"}
_BYTES_PER_WORD = 4


@dataclass(frozen=True)
class Socket:
    """A bound socket that takes packets from anybody. An address of all zeros takes any local address."""

    protocol: str
    address: str
    port: int
    inode: int = 0
    holder: str = ""
    """The program that has it, ``nginx (pid 12)``; empty where that can't be seen."""


class Sockets:
    """The sockets of the network namespace we are in."""

    def __init__(self, root: str = "/proc") -> None:
        self._root = root

    def listening(self) -> Tuple[Socket, ...]:
        """TCP sockets that listen and UDP sockets that are bound and not connected."""
        found: List[Socket] = []
        for protocol, state in _LISTENING.items():
            for name in (protocol, f"{protocol}6"):
                found += [_socket(protocol, row) for row in self._rows(name) if row[3] == state]
        return tuple(found)

    def with_holder(self, bound: Socket) -> Socket:
        """The same socket with the program that has it."""
        return replace(bound, holder=self._holder(f"socket:[{bound.inode}]"))

    def _rows(self, name: str) -> List[List[str]]:
        try:
            with open(f"{self._root}/thread-self/net/{name}", encoding="ascii") as file:
                return [line.split() for line in file][1:]
        except FileNotFoundError:  # a kernel without IPv6
            return []

    def _holder(self, link: str) -> str:
        for pid in filter(str.isdigit, os.listdir(self._root)):
            with suppress(OSError):
                folder = f"{self._root}/{pid}/fd"
                if any(os.readlink(f"{folder}/{number}") == link for number in os.listdir(folder)):
                    with open(f"{self._root}/{pid}/comm", encoding="utf-8", errors="replace") as file:
                        return f"{file.read().strip()} (pid {pid})"
        return ""


def _socket(protocol: str, row: List[str]) -> Socket:
    text, port = row[1].split(":")
    words = [int(text[start : start + 8], 16) for start in range(0, len(text), 8)]
    raw = b"".join(word.to_bytes(_BYTES_PER_WORD, sys.byteorder) for word in words)
    return Socket(protocol, str(ipaddress.ip_address(raw)), int(port, 16), int(row[9]))
