# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Transmit checksum offload of an interface (ethtool's ioctl), in the namespace the thread is in."""

from __future__ import annotations

import array
import errno
import fcntl
import socket
import struct
from typing import Optional

_SIOCETHTOOL = 0x8946
_ETHTOOL_GTXCSUM = 0x16
_ETHTOOL_STXCSUM = 0x17
_IFREQ_SIZE = 40


class Offload:
    """Read and set it, one interface per call."""

    def checksum(self, name: str) -> Optional[bool]:
        """Whether checksums are left to the device (on a veth nobody computes them then); None: no such link."""
        try:
            return bool(_ethtool(name, _ETHTOOL_GTXCSUM, 0))
        except OSError as error:
            if error.errno == errno.ENODEV:
                return None
            raise

    def set_checksum(self, name: str, on: bool) -> None:
        _ethtool(name, _ETHTOOL_STXCSUM, int(on))


def _ethtool(name: str, command: int, value: int) -> int:
    data = array.array("I", [command, value])
    request = struct.pack("16sP", name.encode(), data.buffer_info()[0]).ljust(_IFREQ_SIZE, b"\0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        try:
            fcntl.ioctl(control.fileno(), _SIOCETHTOOL, request)
        except OSError as error:
            raise OSError(error.errno, error.strerror, name) from error
    return data[1]
