# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab for each test: a network namespace that plays the host, and two more, ``blue`` and ``red``."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from typing import Iterator

import pytest
from veth_lab import Lab

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


@pytest.fixture
def lab() -> Iterator[Lab]:
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    assert _libc.unshare(_CLONE_NEWNET) == 0
    lab = Lab()
    lab.sh("ip link set lo up; echo 0 >/proc/sys/net/ipv4/ip_forward")  # which else is as on the machine
    lab.sh("ip netns add blue; ip netns add red")
    try:
        yield lab
    finally:
        for process in lab.processes:
            process.kill()
            process.wait()
        for name in ("blue", "red"):
            with suppress(AssertionError):  # a test may have removed it
                lab.sh(f"ip netns del {name}")
        assert _libc.setns(own, _CLONE_NEWNET) == 0
        os.close(own)
