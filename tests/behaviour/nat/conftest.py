# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of its own for each test: a fresh network namespace, two containers, and an internet beside it.

``host``  eth0 203.0.113.1, 2001:db8::1, default routes to the internet
``net``   203.0.113.9, 2001:db8::9 on the link; 198.51.100.9 further away; no route back to the containers
``web``   100.100.1.2, 2001:db8:1::2 behind veth-web (100.100.1.1, 2001:db8:1::1)
``db``    100.100.2.2 behind veth-db (100.100.2.1)
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from typing import Any, Dict, Iterator, List, Optional

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._nat.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.modules.nat_rule import ARGUMENT_SPEC

DROP_IN = "/etc/sysctl.d/99-zz-daemonless.conf"
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_TOPOLOGY = """\
link set lo up
link add eth0 type veth peer name eth0 netns {net}
link add veth-web type veth peer name eth0 netns {web}
link add veth-db type veth peer name eth0 netns {db}
addr add 203.0.113.1/24 dev eth0
addr add 2001:db8::1/64 dev eth0 nodad
addr add 100.100.1.1/24 dev veth-web
addr add 2001:db8:1::1/64 dev veth-web nodad
addr add 100.100.2.1/24 dev veth-db
link set eth0 up
link set veth-web up
link set veth-db up
route add default via 203.0.113.9
route add ::/0 via 2001:db8::9
"""
_INSIDE = {
    "net": "link set lo up\naddr add 198.51.100.9/32 dev lo\naddr add 203.0.113.9/24 dev eth0\n"
    "addr add 2001:db8::9/64 dev eth0 nodad\nlink set eth0 up\n",
    "web": "link set lo up\naddr add 100.100.1.2/24 dev eth0\naddr add 2001:db8:1::2/64 dev eth0 nodad\n"
    "link set eth0 up\nroute add default via 100.100.1.1\nroute add ::/0 via 2001:db8:1::1\n",
    "db": "link set lo up\naddr add 100.100.2.2/24 dev eth0\nlink set eth0 up\nroute add default via 100.100.2.1\n",
}


def sh(*command: str, text: str = "") -> str:
    """Run a command that has to succeed; what it printed."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


class Lab:
    """The namespaces, traffic between them, and the module's work on the host."""

    def __init__(self) -> None:
        self.names = {name: f"{name}-{os.getpid()}" for name in _INSIDE}
        assert _libc.unshare(_CLONE_NEWNET) == 0
        self._host = os.open("/proc/thread-self/ns/net", os.O_RDONLY)

    def build(self) -> None:
        for name in self.names.values():
            sh("ip", "netns", "add", name)
        for place in ("host", *self.names):
            self.set(place, "net/ipv6/conf/default/accept_dad", "0")
            self.set(place, "net/ipv4/ip_forward", "0")  # else it is as on the machine
        sh("ip", "-batch", "-", text=_TOPOLOGY.format(**self.names))
        for name, script in _INSIDE.items():
            sh("ip", "-n", self.names[name], "-batch", "-", text=script)

    def close(self) -> None:
        for name in self.names.values():
            subprocess.run(["ip", "netns", "del", name], check=False)
        os.close(self._host)
        with suppress(FileNotFoundError):
            os.unlink(DROP_IN)

    @contextmanager
    def inside(self, place: str) -> Iterator[None]:
        """This thread is in the namespace; sockets opened now stay there."""
        if place == "host":
            yield
            return
        descriptor = os.open(f"/run/netns/{self.names[place]}", os.O_RDONLY)
        assert _libc.setns(descriptor, _CLONE_NEWNET) == 0
        try:
            yield
        finally:
            os.close(descriptor)
            assert _libc.setns(self._host, _CLONE_NEWNET) == 0

    def ip(self, place: str, *command: str) -> None:
        with self.inside(place):
            sh("ip", *command)

    def set(self, place: str, name: str, value: str) -> None:
        """A kernel setting of the namespace."""
        with self.inside(place), open(f"/proc/sys/{name}", "w", encoding="ascii") as file:
            file.write(value)

    def route_loopback_to_the_host(self, place: str, via: str) -> None:
        """Packets to 127.0.0.1 leave the namespace by its eth0, as a hostile neighbour would have it."""
        self.set(place, "net/ipv4/conf/eth0/route_localnet", "1")
        with self.inside(place):
            sh("ip", "addr", "del", "127.0.0.1/8", "dev", "lo")
            sh("ip", "route", "add", "127.0.0.0/8", "via", via)

    def await_ipv6(self) -> None:
        """The kernel takes up to a second to notice that a link has come up; refused is what we wait for."""
        for place, address in (("web", "2001:db8:1::1"), ("net", "2001:db8::1")):
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline:
                with self.asking(place, address) as asker, suppress(OSError):
                    if asker.connect_ex((address, 1)) == errno.ECONNREFUSED:
                        break
                time.sleep(0.02)

    def ping(self, place: str, address: str) -> bool:
        with self.inside(place):
            return subprocess.run(["ping", "-c1", "-W1", address], capture_output=True, check=False).returncode == 0

    @contextmanager
    def serving(self, place: str, port: int, kind: str = "tcp", address: str = "::") -> Iterator[None]:
        """A server that answers everybody with the address it sees them come from."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with self.inside(place):
            listener = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        if kind == "tcp":
            listener.listen()
        stop = threading.Event()
        listener.settimeout(0.05)
        thread = threading.Thread(target=_serve, args=(listener, kind, stop))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            listener.close()

    def asking(self, place: str, address: str, kind: str = "tcp") -> socket.socket:
        """An unconnected socket in the namespace."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with self.inside(place):
            asker = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
        asker.settimeout(0.4)
        return asker

    def silent(self, place: str, address: str, port: int) -> bool:
        """Whether nobody answers there."""
        return self.ask(place, address, port, wait=0.15) is None

    def ask(self, place: str, address: str, port: int, kind: str = "tcp", wait: float = 1.0) -> Optional[str]:
        """What the server there answers: whom it took us for; None where nobody answers."""
        with self.asking(place, address, kind) as asker:
            asker.settimeout(wait)
            try:
                asker.connect((address, port))
                if kind == "udp":
                    asker.send(b"?")
                return asker.recv(100).decode() or None
            except OSError:
                return None

    def run(self, check_mode: bool = False, **options: Any) -> Dict[str, Any]:
        """The module's work, with the defaults of its options."""
        complete = {name: option.get("default") for name, option in ARGUMENT_SPEC.items()}
        return run_room(ROOM, {**complete, **options}, Host(), check_mode)

    def web(self, check_mode: bool = False, **options: Any) -> Dict[str, Any]:
        """The same for the container web, with IPv4 alone unless told otherwise."""
        usual = {"name": "web", "source": ["100.100.1.0/24"], "address": ["100.100.1.2"], "in_interface": "veth-web"}
        return self.run(check_mode, **{**usual, **options})

    def state(self) -> List[str]:
        """All that the module could change, counters left out."""
        with open("/proc/sys/net/ipv4/ip_forward", encoding="ascii") as file:
            forwarding = file.read()
        dumps = [_saved(f"{stem}-legacy-save") for stem in ("iptables", "ip6tables")]
        settings = sh("sysctl", "-a", "-r", "route_localnet|accept_ra$|all.forwarding")
        return [sh("nft", "-s", "list", "ruleset"), *dumps, forwarding, settings, *sorted(os.listdir("/etc/sysctl.d"))]


def _saved(command: str) -> str:
    """Rules and policies by table; saving makes tables, so that empty ones say nothing."""
    found, table = [], ""
    for line in sh(command).splitlines():
        if line.startswith("*"):
            table = line
        elif line.startswith(":") and " ACCEPT " not in line:
            found.append((table, line.split("[")[0]))
        elif line.startswith("-A"):
            found.append((table, line))
    return "\n".join(" ".join(pair) for pair in sorted(found, key=lambda pair: pair[0]))


def _serve(listener: socket.socket, kind: str, stop: threading.Event) -> None:
    while not stop.is_set():
        with suppress(socket.timeout):
            if kind == "udp":
                _data, peer = listener.recvfrom(100)
                listener.sendto(_plain(peer[0]), peer)
            else:
                connection, peer = listener.accept()
                connection.sendall(_plain(peer[0]))
                connection.close()


def _plain(address: str) -> bytes:
    return address.replace("::ffff:", "").encode()


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = Lab()
    try:
        made.build()
        yield made
    finally:
        made.close()


@pytest.fixture
def shell(lab: Lab) -> Any:
    """Commands on the host of the test."""
    return sh
