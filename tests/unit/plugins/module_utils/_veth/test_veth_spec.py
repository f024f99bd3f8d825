# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of veth_pair: what they become, and what is said of wrong ones."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._veth.model import Route
from ansible_collections.daemonless.containers.plugins.module_utils._veth.spec import Wanted, spec

OPTIONS: Dict[str, Any] = {
    "container": "web",
    "netns": None,
    "host_interface": None,
    "interface": "eth0",
    "host_address": ["100.100.1.1/24"],
    "address": ["100.100.1.2/24"],
    "gateway": ["100.100.1.1"],
    "routes": None,
    "bridge": None,
    "mtu": None,
    "mac": None,
    "checksum_offload": True,
    "state": "present",
    "store": "/var/lib/daemonless",
}


def wanted(**options: Any) -> Wanted:
    return spec({**OPTIONS, **options})


def test_the_article() -> None:
    found = wanted()
    assert found.host_interface == "veth-web"
    assert found.alias == "daemonless:web:eth0"
    assert found.routes == (Route("0.0.0.0/0", "100.100.1.1"),)
    assert found.host_routes == ()


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"container": "web"}, "veth-web"),
        ({"container": "0123456789"}, "veth-0123456789"),
        ({"container": "01234567890"}, "veth"),
        ({"container": "web", "interface": "eth1"}, "veth"),
        ({"container": None, "netns": "blue"}, "veth"),
    ],
)
def test_made_up_names_are_readable_where_they_fit(options: Dict[str, Any], name: str) -> None:
    made = wanted(**options).host_interface
    assert made == wanted(**options).host_interface
    assert len(made) <= 15
    assert made == name if "-" in name else made.startswith(name)


def test_made_up_names_differ_by_store_and_interface() -> None:
    names = [
        wanted(container="web", store=store, interface=interface).host_interface
        for store in ("/var/lib/daemonless", "/srv/other")
        for interface in ("eth0", "eth1")
    ]
    assert len(set(names)) == 4


@pytest.mark.parametrize(
    ("given", "path"),
    [("1234", "/proc/1234/ns/net"), ("/run/netns/blue", "/run/netns/blue"), ("blue", "/run/netns/blue")],
)
def test_namespaces(given: str, path: str) -> None:
    place = wanted(container=None, netns=given).place
    assert place is not None
    assert place.netns == path


def test_point_to_point_gets_routes_on_the_link() -> None:
    found = wanted(
        address=["198.51.100.2/32", "2001:db8::2/128"],
        host_address=["198.51.100.1/32", "2001:db8::1/128"],
        gateway=["198.51.100.1", "2001:db8::1"],
    )
    assert found.routes == (
        Route("198.51.100.1/32"),
        Route("2001:db8::1/128", None, 1024),
        Route("0.0.0.0/0", "198.51.100.1"),
        Route("::/0", "2001:db8::1", 1024),
    )
    assert found.host_routes == (Route("198.51.100.2/32"), Route("2001:db8::2/128", None, 1024))


def test_a_link_local_gateway_needs_no_route() -> None:
    found = wanted(address=["2001:db8::2/64"], host_address=None, gateway=["fe80::1"])
    assert found.routes == (Route("::/0", "fe80::1", 1024),)


def test_on_a_bridge_the_host_needs_no_routes() -> None:
    assert wanted(bridge="br0", host_address=None, gateway=None).host_routes == ()


@pytest.mark.parametrize(
    "route",
    [
        "203.0.113.0/24 via 100.100.1.1 metric 7",
        {"dest": "203.0.113.0/24", "gateway": "100.100.1.1", "metric": 7},
    ],
)
def test_both_ways_to_write_a_route(route: Any) -> None:
    assert wanted(routes=[route]).routes[-1] == Route("203.0.113.0/24", "100.100.1.1", 7)


def test_removal_needs_no_addresses() -> None:
    found = wanted(state="absent", container=None, host_interface="veth-web", address=["nonsense"])
    assert (found.present, found.place, found.alias) == (False, None, None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"address": ["100.100.1.2"]}, "address '100.100.1.2' has no prefix length. Write it as 100.100.1.2/24"),
        ({"address": ["2001:db8::2"]}, "Write it as 2001:db8::2/64"),
        ({"address": ["100.100.1.300/24"]}, "address '100.100.1.300/24' is not an address with a prefix length"),
        ({"address": ["100.100.1.0/24"]}, "is the address of the whole subnet"),
        ({"address": ["2001:db8::/64"]}, "is the address of the whole subnet"),
        ({"address": ["100.100.1.255/24"]}, "is the broadcast address of its subnet"),
        ({"address": ["224.0.0.1/24"]}, "is a multicast address"),
        ({"address": ["127.0.0.2/8"]}, "is a loopback address"),
        ({"address": ["0.0.0.0/0"]}, "is the unspecified address"),
        ({"address": ["fe80::1%eth0/64"]}, "has a zone"),
        ({"address": ["100.100.1.2/24", "100.100.1.2/25"]}, "is given twice"),
        ({"address": ["100.100.1.1/24"]}, "host_address and address are both 100.100.1.1"),
        ({"host_address": ["2001:db8::1/64"]}, "host_address 2001:db8::1/64 has no counterpart"),
        ({"gateway": ["100.100.1.2"]}, "gateway 100.100.1.2 is the container's own address"),
        ({"gateway": ["100.100.1.255"]}, "gateway 100.100.1.255 is not the address of a host in 100.100.1.0/24"),
        ({"gateway": ["2001:db8::1"]}, "gateway 2001:db8::1 is of no use: no address is IPv6"),
        ({"gateway": ["100.100.1.1", "100.100.1.3"]}, "gateway '100.100.1.3': there is another of IPv4 already"),
        ({"gateway": ["100.100.1.1/24"]}, "is not an IP address. It takes no prefix length here"),
        ({"mtu": 67}, "mtu 67 is not between 68 and 65535"),
        ({"mtu": 65536}, "mtu 65536 is not between"),
        ({"mtu": 1279, "address": ["100.100.1.2/24", "2001:db8::2/64"]}, "mtu 1279 is too small for IPv6"),
        ({"mac": "01:00:5e:00:00:01"}, "is a multicast address"),
        ({"mac": "00:00:00:00:00:00"}, "is all zeros"),
        ({"mac": "02:00:00:00:00"}, "is not a hardware address"),
        ({"interface": "a-name-too-long-"}, "interface 'a-name-too-long-' is too long"),
        ({"interface": "eth/0"}, "interface 'eth/0' is not a name for a link"),
        ({"interface": "eth 0"}, "is not a name for a link"),
        ({"interface": "eth%d"}, "is not a name for a link"),
        ({"interface": "eth:0"}, "is not a name for a link"),
        ({"interface": ".."}, "is not a name for a link"),
        ({"interface": ""}, "interface is empty"),
        ({"interface": "lo"}, "the kernel needs that name itself"),
        ({"host_interface": "all"}, "host_interface 'all' can't be used"),
        ({"bridge": "veth-web"}, "bridge and host_interface are both 'veth-web'"),
        ({"container": "a/b"}, "container 'a/b' is not valid"),
        ({"netns": "blue"}, "container and netns are both given"),
        ({"container": None, "netns": "a/b"}, "netns 'a/b' is neither a pid nor an absolute path"),
        ({"container": None}, "container, netns or host_interface is needed"),
        ({"container": None, "host_interface": "veth9"}, "container or netns is needed to make a pair"),
        ({"routes": ["nonsense"]}, "route 'nonsense': its destination is not a subnet"),
        ({"routes": ["203.0.113.0/24 by 100.100.1.1"]}, "can't be read"),
        ({"routes": ["203.0.113.1/24"]}, "the destination has bits beyond its prefix. Write 203.0.113.0/24"),
        ({"routes": ["203.0.113.0/24 via 2001:db8::1"]}, "is of the other IP version"),
        ({"routes": ["203.0.113.0/24 via 198.51.100.9"]}, "gateway 198.51.100.9 is in no subnet of address"),
        ({"routes": ["203.0.113.0/24 via 100.100.1.2"]}, "is the container's own address"),
        ({"routes": ["2001:db8:9::/48"]}, "is of no use: address has none of its IP version"),
        ({"routes": ["default via 100.100.1.9"]}, "route 0.0.0.0/0 is what gateway gives already"),
        ({"routes": ["203.0.113.0/24", "203.0.113.0/24 via 100.100.1.1"]}, "route 203.0.113.0/24 is given twice"),
        ({"routes": [{"dest": "203.0.113.0/24", "via": "x"}]}, "via is not known here"),
        ({"routes": [{"gateway": "100.100.1.1"}]}, "has no dest"),
        ({"routes": [{"dest": "203.0.113.0/24", "metric": "much"}]}, "metric 'much' is not a number"),
        ({"routes": [{"dest": "203.0.113.0/24", "metric": -1}]}, "metric -1 is not between"),
        ({"routes": [7]}, "route 7 has no dest"),
        ({"routes": ["default"]}, "route default has no gateway"),
    ],
)
def test_wrong_options(options: Dict[str, Any], words: str) -> None:
    with pytest.raises(ContainersError) as failure:
        wanted(**options)
    assert words in str(failure.value)
