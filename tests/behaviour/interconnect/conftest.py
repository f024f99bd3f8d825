# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three hosts on one link, as network namespaces, each with a namespace for a container behind it.

``h1`` ``h2`` ``h3``  198.51.100.1, .2, .3 on eth0, with 2001:db8::1 … too
``c1`` ``c2`` ``c3``  100.100.1.34, .66, .98 in a /27 of each host's own, with 2001:db8:1:1::2 … too
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Sequence

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._nat.argspec import ARGUMENT_SPEC as NAT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._nat.room import ROOM as NAT
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

NETWORK = "100.100.1.0/24"
NUMBERS = (1, 2, 3)
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def sh(words: str) -> str:
    """Run a command that has to succeed; what it printed."""
    done = subprocess.run(words, shell=True, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


def peer(number: int, vxlan: bool) -> Dict[str, Any]:
    """A host as the others are told of it."""
    gateway = f"100.100.1.{number}" if vxlan else None
    subnet = f"100.100.1.{32 * number}/27"
    return {"address": f"198.51.100.{number}", "subnets": [subnet], "gateway": gateway}


class Lab:
    def build(self) -> None:
        sh("ip link add wire type bridge && ip link set wire up")
        for number in NUMBERS:
            host, box, at = f"h{number}", f"c{number}", 32 * number
            sh(f"ip netns add {host}; ip netns add {box}")
            sh(f"ip link add {host} type veth peer name eth0 netns {host} && ip link set {host} master wire up")
            sh(f"ip -n {host} link add box type veth peer name eth0 netns {box}")
            for place, link, addresses in (
                (host, "eth0", [f"198.51.100.{number}/24", f"2001:db8::{number}/64"]),
                (host, "box", [f"100.100.1.{at + 1}/27", f"2001:db8:1:{number}::1/64"]),
                (box, "eth0", [f"100.100.1.{at + 2}/27", f"2001:db8:1:{number}::2/64"]),
            ):
                for address in addresses:
                    sh(f"ip -n {place} addr add {address} dev {link} {'nodad' if ':' in address else ''}")
                sh(f"ip -n {place} link set {link} up; ip -n {place} link set lo up")
            sh(f"ip -n {box} route add default via 100.100.1.{at + 1}")
            sh(f"ip -n {box} route add default via 2001:db8:1:{number}::1")
            sh(f"ip -n {host} route add default via 198.51.100.254")
            sh(f"ip netns exec {host} sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward'")  # else it is as on the machine

    @contextmanager
    def inside(self, place: str) -> Iterator[None]:
        own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        there = os.open(f"/run/netns/{place}", os.O_RDONLY | os.O_CLOEXEC)
        assert _libc.setns(there, _CLONE_NEWNET) == 0
        try:
            yield
        finally:
            assert _libc.setns(own, _CLONE_NEWNET) == 0
            os.close(own)
            os.close(there)

    def run(self, number: int, check_mode: bool = False, **options: Any) -> Dict[str, Any]:
        """The module's work on that host."""
        complete = {name: option.get("default") for name, option in ARGUMENT_SPEC.items()}
        with self.inside(f"h{number}"):
            return run_room(ROOM, {**complete, "network": NETWORK, **options}, Host(), check_mode)

    def connect(
        self, number: int, mode: str, others: Sequence[int] = (), check_mode: bool = False, **options: Any
    ) -> Dict[str, Any]:
        """Connect the host to the others, by default to all."""
        peers = [peer(other, mode == "vxlan") for other in (others or NUMBERS) if other != number]
        tunnel = {"local_address": f"198.51.100.{number}", "address": f"100.100.1.{number}/27"}
        return self.run(
            number, check_mode, **{"mode": mode, "peers": peers, **(tunnel if mode == "vxlan" else {}), **options}
        )

    def nat(self, number: int, **options: Any) -> Dict[str, Any]:
        """Rules for the container of that host."""
        complete = {name: option.get("default") for name, option in NAT_SPEC.items()}
        own = {"name": "box", "address": [f"100.100.1.{32 * number + 2}/27"], "in_interface": "box"}
        with self.inside(f"h{number}"):
            return run_room(NAT, {**complete, **own, **options}, Host(), False)

    def ip(self, place: str, words: str) -> List[Dict[str, Any]]:
        return json.loads(sh(f"ip -n {place} -j -d {words}") or "[]")

    def routes(self, number: int) -> Dict[str, Dict[str, Any]]:
        """Routes of the module's protocol, as iproute2 sees them."""
        return {route["dst"]: route for route in self.ip(f"h{number}", "route show proto 109")}

    def reaches(self, number: int, address: str, *options: str) -> bool:
        """Whether the container of that host gets an answer."""
        words = ["ip", "netns", "exec", f"c{number}", "ping", "-c1", "-W1", *options, address]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    def state(self, number: int) -> List[Any]:
        """What the module could change on the host."""
        host = f"h{number}"
        links = [
            (one["ifname"], one.get("mtu"), one.get("ifalias"), one["flags"]) for one in self.ip(host, "link show")
        ]
        tables = [sh(f"ip -n {host} {words}") for words in ("-6 route show table main", "route show", "-br addr show")]
        return [links, *tables, self.setting(number, "ipv4/ip_forward")]

    def setting(self, number: int, name: str) -> str:
        return sh(f"ip netns exec h{number} cat /proc/sys/net/{name}").strip()


@pytest.fixture
def lab() -> Iterator[Lab]:
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    assert _libc.unshare(_CLONE_NEWNET) == 0
    try:
        made = Lab()
        made.build()
        yield made
    finally:
        for number in NUMBERS:
            for name in (f"h{number}", f"c{number}"):
                subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
        assert _libc.setns(own, _CLONE_NEWNET) == 0
        os.close(own)


@pytest.fixture
def shell() -> Any:
    """Commands that have to succeed."""
    return sh
