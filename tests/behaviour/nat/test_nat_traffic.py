# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rules are for: packets that pass, packets that don't, and whom the other side sees. Both back ends."""

from __future__ import annotations

import errno
from typing import Any

import pytest

BOTH = pytest.mark.parametrize("backend", ["nftables", "iptables"])
DUAL = {"source": ["100.100.1.0/24", "2001:db8:1::/64"], "address": ["100.100.1.2", "2001:db8:1::2"]}


@BOTH
def test_the_internet_sees_the_host(lab: Any, backend: str) -> None:
    with lab.serving("net", 80):
        assert lab.silent("web", "198.51.100.9", 80)
        lab.web(backend=backend)
        assert lab.ask("web", "198.51.100.9", 80) == "203.0.113.1"
        assert lab.ping("web", "198.51.100.9")


@BOTH
def test_the_internet_sees_the_host_over_ipv6(lab: Any, backend: str) -> None:
    lab.await_ipv6()
    with lab.serving("net", 80):
        lab.web(backend=backend, **DUAL)
        assert lab.ask("web", "2001:db8::9", 80) == "2001:db8::1"


@BOTH
def test_published_port_from_outside_keeps_the_asker(lab: Any, backend: str) -> None:
    lab.await_ipv6()
    with lab.serving("web", 80):
        lab.web(backend=backend, published_ports=["8080:80"], **DUAL)
        assert lab.ask("net", "203.0.113.1", 8080) == "203.0.113.9"
        assert lab.ask("net", "2001:db8::1", 8080) == "2001:db8::9"
        assert lab.silent("net", "203.0.113.1", 80)


@BOTH
def test_published_port_from_the_host_itself(lab: Any, backend: str) -> None:
    """DNAT in OUTPUT, route_localnet and masquerading of 127.0.0.1."""
    lab.await_ipv6()
    with lab.serving("web", 80):
        lab.web(backend=backend, published_ports=["8080:80"], **DUAL)
        assert lab.ask("host", "203.0.113.1", 8080) == "203.0.113.1"
        assert lab.ask("host", "127.0.0.1", 8080) == "100.100.1.1"
        assert lab.ask("host", "2001:db8::1", 8080) == "2001:db8::1"


@BOTH
def test_localhost_of_ipv6_is_left_alone(lab: Any, backend: str) -> None:
    """The kernel takes no answer for ::1 from a link: a program gets a refusal at once and tries 127.0.0.1."""
    with lab.serving("web", 80), lab.asking("host", "::1") as asker:
        lab.web(backend=backend, published_ports=["8080:80"], **DUAL)
        assert asker.connect_ex(("::1", 8080)) == errno.ECONNREFUSED
    with lab.serving("host", 8081, address="::1"):
        assert lab.ask("host", "::1", 8081) == "::1"


@BOTH
def test_hairpin_container_reaches_its_own_published_port(lab: Any, backend: str) -> None:
    lab.await_ipv6()
    with lab.serving("web", 80):
        lab.web(backend=backend, published_ports=["8080:80"], **DUAL)
        assert lab.ask("web", "203.0.113.1", 8080) == "100.100.1.1"
        assert lab.ask("web", "2001:db8::1", 8080) == "2001:db8:1::1"


@BOTH
def test_published_port_from_another_container(lab: Any, backend: str) -> None:
    with lab.serving("web", 80):
        lab.web(backend=backend, published_ports=["8080:80"])
        assert lab.ask("db", "203.0.113.1", 8080) == "100.100.2.2"


@BOTH
def test_published_range_maps_one_to_one(lab: Any, backend: str) -> None:
    with lab.serving("web", 81), lab.serving("web", 9002):
        lab.web(backend=backend, published_ports=["8000-8002:80-82", "9000-9003:9000-9003"])
        assert lab.ask("net", "203.0.113.1", 8001) == "203.0.113.9"
        assert lab.silent("net", "203.0.113.1", 8000)
        assert lab.ask("net", "203.0.113.1", 9002) == "203.0.113.9"


@BOTH
def test_published_at_localhost_is_unreachable_from_the_link(lab: Any, backend: str) -> None:
    """A neighbour may send packets to 127.0.0.1 by our MAC address; where the host lets them in, the guard stands."""
    lab.route_loopback_to_the_host("net", via="203.0.113.1")
    lab.set("host", "net/ipv4/conf/eth0/route_localnet", "1")
    with lab.serving("web", 80), lab.serving("host", 7777, address="127.0.0.1"):
        assert lab.ask("net", "127.0.0.1", 7777) == "203.0.113.9"  # without us the host is that open
        lab.web(backend=backend, published_ports=["127.0.0.1:8080:80"])
        assert lab.ask("host", "127.0.0.1", 8080) == "100.100.1.1"
        assert lab.silent("host", "203.0.113.1", 8080)
        assert lab.silent("net", "127.0.0.1", 8080)
        assert lab.silent("net", "127.0.0.1", 7777)
        assert lab.silent("net", "203.0.113.1", 8080)


@BOTH
def test_route_localnet_does_not_open_the_hosts_loopback_to_the_container(lab: Any, backend: str) -> None:
    lab.route_loopback_to_the_host("web", via="100.100.1.1")
    with lab.serving("host", 7777, address="127.0.0.1"):
        lab.set("host", "net/ipv4/conf/veth-web/route_localnet", "1")
        assert lab.ask("web", "127.0.0.1", 7777) == "100.100.1.2"  # the hole that the guard is for
        lab.web(backend=backend, published_ports=["8080:80"])
        assert lab.silent("web", "127.0.0.1", 7777)


@BOTH
def test_unpublished_ports_are_unreachable_by_a_route_to_the_container(lab: Any, backend: str) -> None:
    """A neighbour on the link routes to the container's own address through the host (moby#45610)."""
    lab.ip("net", "route", "add", "100.100.1.0/24", "via", "203.0.113.1")
    with lab.serving("web", 80):
        lab.web(backend=backend, published_ports=["127.0.0.1:8080:80"])
        assert lab.silent("net", "100.100.1.2", 80)
        lab.web(backend=backend, published_ports=["127.0.0.1:8080:80"], direct_access=True)
        assert lab.ask("net", "100.100.1.2", 80) == "203.0.113.9"


@BOTH
def test_routed_without_masquerade(lab: Any, backend: str) -> None:
    lab.ip("net", "route", "add", "100.100.1.0/24", "via", "203.0.113.1")
    with lab.serving("net", 80), lab.serving("web", 80):
        lab.web(backend=backend, masquerade=False)
        assert lab.ask("web", "198.51.100.9", 80) == "100.100.1.2"
        assert lab.ask("net", "100.100.1.2", 80) == "203.0.113.9"


@BOTH
def test_no_masquerade_toward_the_own_subnet(lab: Any, backend: str) -> None:
    """Neither by the rules nor on the wire: the host's own address in the subnet sees the container."""
    rules = lab.web(backend=backend, out_interface="veth-web", **DUAL)["nat"]["rules"]
    masquerades = [rule for rule in rules if rule["action"] == "masquerade"]
    assert [(rule["destination"], rule["unicast"]) for rule in masquerades] == [
        ("!100.100.1.0/24", True),
        ("!2001:db8:1::/64", True),
    ]
    with lab.serving("host", 80):
        assert lab.ask("web", "100.100.1.1", 80) == "100.100.1.2"


@BOTH
def test_no_dnat_across_families(lab: Any, backend: str) -> None:
    with lab.serving("web", 80):
        rules = lab.web(backend=backend, published_ports=["8080:80"])["nat"]["rules"]
        assert {rule["family"] for rule in rules} == {4}
        assert lab.silent("net", "2001:db8::1", 8080)


@BOTH
def test_stale_udp_flows_are_dropped_when_a_port_comes_and_goes(lab: Any, backend: str) -> None:
    with lab.serving("host", 53, "udp", "203.0.113.1"), lab.asking("net", "203.0.113.1", "udp") as asker:
        asker.connect(("203.0.113.1", 53))
        asker.send(b"?")
        assert asker.recv(100) == b"203.0.113.9"
        # conntrack only tracks once a rule needs it; another owner's rules do that
        lab.run(name="db", source=["100.100.2.0/24"], in_interface="veth-db", backend=backend)
        asker.send(b"?")
        assert asker.recv(100) == b"203.0.113.9"
    with lab.asking("net", "203.0.113.1", "udp") as asker, lab.serving("web", 53, "udp", "100.100.1.2"):
        asker.bind(("203.0.113.9", 5353))
        asker.connect(("203.0.113.1", 53))
        asker.send(b"?")  # nobody there, but tracked from now on
        lab.web(backend=backend, published_ports=["53:53/udp"])
        assert _answered(asker) == b"203.0.113.9"
        lab.web(backend=backend, state="absent")
        assert _answered(asker) is None


def _answered(asker: Any) -> Any:
    for _attempt in range(3):
        try:
            asker.send(b"?")
            return asker.recv(100)
        except OSError:  # what the host said about the packets before
            continue
    return None
