# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes and sockets as /proc shows them, from files with known contents."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sys.routes import Routes
from ansible_collections.daemonless.containers.plugins.module_utils._sys.sockets import Socket, Sockets

pytestmark = pytest.mark.skipif(sys.byteorder != "little", reason="the contents are of a little-endian machine")

ROUTES = """Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	097100CB	0003	0	0	0	00000000	0	0	0
veth-a	00016464	00000000	0001	0	0	0	00FFFFFF	0	0	0
veth-b	02016464	00000000	0001	0	0	0	FFFFFFFF	0	0	0
down	00046464	00000000	0000	0	0	0	00FFFFFF	0	0	0
"""
ZERO = "0" * 32
ROUTES6 = f"""20010db8000100000000000000000000 40 {ZERO} 00 {ZERO} 00000100 00000001 00000000 00000001   veth-a
{ZERO} 00 {ZERO} 00 {ZERO} ffffffff 00000001 00000000 00200200       lo
"""
DEV = """Inter-|   Receive               |  Transmit
 face |bytes    packets errs drop |bytes    packets errs drop
  eth0:       1       2    0    0        3       4    0    0
"""
TCP = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0 100 0 0 10 0
   1: 0100007F:1F91 0100007F:0001 01 00000000:00000000 00:00000000 00000000     0        0 78 1 0 100 0 0 10 0
"""
UDP6 = f"""  sl  local_address remote_address st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref
   0: B80D0120000000000000000001000000:0035 {ZERO}:0000 07 00000000:00000000 00:00000000 00000000     0        0 79 2
"""


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    net = tmp_path / "thread-self" / "net"
    net.mkdir(parents=True)
    for name, text in {"route": ROUTES, "ipv6_route": ROUTES6, "dev": DEV, "tcp": TCP, "udp6": UDP6}.items():
        (net / name).write_text(text)
    folder = tmp_path / "12" / "fd"
    folder.mkdir(parents=True)
    (folder / "3").symlink_to("socket:[77]")
    (tmp_path / "12" / "comm").write_text("nginx\n")
    return tmp_path


def test_route_to_an_address(proc: Path) -> None:
    routes = Routes(str(proc / "thread-self" / "net"))
    assert routes.interface_to("100.100.1.9") == "veth-a"
    assert routes.interface_to("100.100.1.2") == "veth-b"
    assert routes.interface_to("100.100.4.1") is None
    assert routes.interface_to("8.8.8.8") is None
    assert routes.interface_to("2001:db8:1::5") == "veth-a"
    assert routes.interface_to("2001:db8:2::5") is None


def test_interfaces(proc: Path) -> None:
    routes = Routes(str(proc / "thread-self" / "net"))
    assert routes.interface_exists("eth0")
    assert not routes.interface_exists("eth")


def test_listening(proc: Path) -> None:
    sockets = Sockets(str(proc))
    tcp, udp = sockets.listening()
    assert tcp == Socket("tcp", "127.0.0.1", 8080, 77)
    assert udp == Socket("udp", "2001:db8::1", 53, 79)
    assert sockets.with_holder(tcp).holder == "nginx (pid 12)"
    assert sockets.with_holder(udp).holder == ""
