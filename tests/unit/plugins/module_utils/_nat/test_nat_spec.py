# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options: what is refused, in which words, and what is made of those that are right."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._nat.ports import Port, parsed_port
from ansible_collections.daemonless.containers.plugins.module_utils._nat.spec import Wanted, spec

USUAL: Dict[str, Any] = {"name": "web", "source": ["100.100.1.0/24"], "address": ["100.100.1.2"], "state": "present"}


def wanted(**options: Any) -> Wanted:
    return spec({**USUAL, **options})


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("8080:80", Port("", (4, 6), (8080, 8080), (80, 80), "tcp")),
        ("53:5353/udp", Port("", (4, 6), (53, 53), (5353, 5353), "udp")),
        ("127.0.0.1:80:80/TCP", Port("127.0.0.1", (4,), (80, 80), (80, 80), "tcp")),
        ("0.0.0.0:80:80", Port("", (4,), (80, 80), (80, 80), "tcp")),
        ("[::]:80:80", Port("", (6,), (80, 80), (80, 80), "tcp")),
        ("[2001:db8:0::1]:80:80", Port("2001:db8::1", (6,), (80, 80), (80, 80), "tcp")),
        ("8000-8010:9000-9010/sctp", Port("", (4, 6), (8000, 8010), (9000, 9010), "sctp")),
    ],
)
def test_published_ports_as_docker_writes_them(text: str, port: Port) -> None:
    assert parsed_port(text) == port


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("80", "is not valid"),
        ("", "is not valid"),
        ("a:b", "is not valid"),
        ("80:80:80", "80 is not an IP address"),
        ("80:80/icmp", "there is no protocol 'icmp'"),
        ("0:80", "0 is not a port"),
        ("80:65536", "65536 is not a port"),
        ("90-80:80-90", "90-80 is not a port or range"),
        ("80-82:80-83", "differ in length"),
        ("8000-8010:80", "differ in length"),
        ("1.2.3:80:80", "is not an IP address"),
        ("1.2.3.256:80:80", "is not an IP address"),
        ("::1:80:80", "is not valid"),
        ("[127.0.0.1]:80:80", "brackets are for IPv6"),
        ("[::1]:80:80", "can't lead packets for ::1"),
        ("224.0.0.1:80:80", "224.0.0.1 is a multicast address"),
    ],
)
def test_bad_published_ports(text: str, words: str) -> None:
    with pytest.raises(ContainersError) as caught:
        parsed_port(text)
    assert words in caught.value.message
    assert repr(text) in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "a b"}, "name 'a b' is not valid"),
        ({"source": [], "address": ["x"]}, "address 'x' is not an IP address"),
        ({"address": ["100.100.1.0/24"]}, "address '100.100.1.0/24' is that of the whole network"),
        ({"name": None, "source": [], "address": []}, "neither name nor source"),
        ({"source": [], "address": []}, "source is missing"),
        ({"source": ["100.100.1.0/33"]}, "is not a network"),
        ({"source": ["0.0.0.0/0"]}, "can't be a network of containers"),
        ({"source": ["127.0.0.0/8"]}, "can't be a network of containers"),
        ({"source": ["224.0.0.0/4"]}, "can't be a network of containers"),
        ({"address": ["100.100.1"]}, "is not an IP address"),
        ({"address": ["100.100.2.2"]}, "lies in none of the sources"),
        ({"routed_networks": ["0.0.0.0/0"]}, "routed_networks '0.0.0.0/0' can't be a network of containers"),
        ({"routed_networks": ["2001:db8::/32"]}, "routed_networks 2001:db8::/32 is of no use: no source is IPv6"),
        ({"address": ["100.100.1.2", "100.100.1.3"]}, "is the second IPv4 address"),
        ({"address": [], "published_ports": ["80:80"]}, "the container has no address"),
        ({"published_ports": ["[2001:db8::1]:80:80"]}, "the container has no IPv6 address"),
        ({"published_ports": ["80:80", "127.0.0.1:80:81"]}, "overlap"),
        ({"published_ports": ["80-90:80-90", "85:85"]}, "overlap"),
        ({"in_interface": "much-too-long-for-linux"}, "in_interface 'much-too-long-for-linux'"),
        ({"out_interface": "a/b"}, "out_interface 'a/b'"),
        ({"out_interface": "!eth0"}, "out_interface '!eth0'"),
        ({"in_interface": "veth*"}, "in_interface 'veth*'"),
    ],
)
def test_bad_options(options: Dict[str, Any], words: str) -> None:
    with pytest.raises(ContainersError) as caught:
        wanted(**options)
    assert words in caught.value.message


def test_owner_without_a_name() -> None:
    assert wanted(name=None).name == "net-100.100.1.0_24"
    assert wanted(name=None, source=["2001:db8::/64"], address=[]).name == "net-2001-db8--_64"


def test_source_of_the_address() -> None:
    made = wanted(source=None, address=["100.100.1.2/24", "2001:db8::2/64"])
    assert made.sources == ("100.100.1.0/24", "2001:db8::/64")
    assert made.addresses == {4: "100.100.1.2", 6: "2001:db8::2"}


def test_ports_may_share_a_number_where_packets_differ() -> None:
    assert len(wanted(published_ports=["80:80", "80:80/udp"]).ports) == 2
    assert len(wanted(published_ports=["127.0.0.1:80:80", "203.0.113.1:80:80"]).ports) == 2


@pytest.mark.parametrize(
    ("masquerade", "given", "direct"), [(True, None, False), (False, None, True), (True, True, True)]
)
def test_direct_access(masquerade: bool, given: Any, direct: bool) -> None:
    assert wanted(masquerade=masquerade, direct_access=given).direct_access is direct


def test_absent_needs_only_a_name() -> None:
    assert spec({"name": "web", "state": "absent"}) == Wanted("web", present=False)
