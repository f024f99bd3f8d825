# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The container as it is seen from inside, from its host and from the internet."""

from __future__ import annotations

import re
from typing import List

import pytest

NAME = "my-docker"
OUTER = "198.51.100.2"
FAR = "203.0.113.80"
FETCH = "import sys, urllib.request as r; print(r.urlopen(f'http://{sys.argv[1]}:8080/', timeout=30).read().decode())"
KINDS = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"]


class Container:
    """Runs commands inside the container that the playbook made."""

    def __init__(self, host) -> None:
        self._host = host
        state = host.check_output(f"cat /run/daemonless/containers/{NAME}.json")
        self.pid = int(re.search(r'"pid": (\d+)', state).group(1))

    def run(self, command: str) -> str:
        return self._host.check_output(f"nsenter --target {self.pid} --all /bin/sh -c '{command}'")


@pytest.fixture
def container(host) -> Container:
    return Container(host)


def test_it_pings_an_outer_address(container: Container) -> None:
    assert "1 packets received" in container.run(f"ping -c 1 -W 5 {FAR}")


def test_it_pings_an_outer_name(container: Container) -> None:
    assert f"({FAR})" in container.run("ping -c 1 -W 5 www.example.test")


def test_it_asks_the_configured_name_server(container: Container) -> None:
    assert container.run("cat /etc/resolv.conf").splitlines() == [f"nameserver {FAR}"]
    assert f"Address: {FAR}" in container.run("nslookup -type=a www.example.test")


def test_it_has_a_host_name_of_its_own(container: Container, host) -> None:
    assert container.run("uname -n") == NAME
    assert host.check_output("uname -n") != NAME


@pytest.mark.parametrize("kind", KINDS)
def test_its_namespaces_are_not_the_hosts(container: Container, host, kind: str) -> None:
    inside, outside = (host.check_output(f"readlink /proc/{pid}/ns/{kind}") for pid in (container.pid, 1))
    assert inside.startswith(f"{kind}:[")
    assert inside != outside


def test_its_root_is_nobody_on_the_host(container: Container, host) -> None:
    inside, outside, length = (int(word) for word in container.run("cat /proc/self/uid_map").split())
    assert (inside, length) == (0, 65536)
    assert outside >= 65536
    assert host.check_output(f"stat -c %u /proc/{container.pid}") == str(outside)


def test_its_proc_is_its_own(container: Container) -> None:
    assert container.run("echo $$") not in ("", "1")
    pids: List[str] = container.run("ls /proc | grep -x [0-9]*").split()
    assert "1" in pids
    assert len(pids) < 12


def test_nothing_of_the_old_root_is_left(container: Container) -> None:
    assert ".pivot_root" not in container.run("ls -a /")
    places = [line.split()[4] for line in container.run("cat /proc/self/mountinfo").splitlines()]
    assert places.count("/") == 1
    assert not [place for place in places if place.startswith("/var/lib")]


def test_its_parent_is_the_hosts_pid_1(container: Container, host) -> None:
    assert host.check_output(f"grep PPid: /proc/{container.pid}/status").split() == ["PPid:", "1"]


def test_the_internet_sees_the_hosts_address(container: Container, host) -> None:
    container.run("nslookup -type=a seen.example.test || true")
    asked = host.check_output("journalctl --unit internet-names --grep seen.example.test --output cat")
    assert f"from {OUTER}" in asked
    assert "100.100.1.2" not in asked


def test_a_published_port_answers_from_outside(host) -> None:
    page = host.check_output("ip netns exec internet python3 -c %s %s", FETCH, OUTER)
    assert page == "Served from a container that no daemon runs."


def test_a_published_port_answers_on_the_host(host) -> None:
    for address in (OUTER, "127.0.0.1"):
        assert "no daemon" in host.check_output("python3 -c %s %s", FETCH, address)
