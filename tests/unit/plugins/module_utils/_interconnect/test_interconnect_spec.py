# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of an interconnect: what is refused, in which words, and what is made of those that are right."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.spec import Wanted, Way, spec

VXLAN: Dict[str, Any] = {"mode": "vxlan", "local_address": "198.51.100.1", "address": "100.100.0.1/24"}


def peers(subnet: str = "100.100.2.0/24", address: str = "198.51.100.2", **more: Any) -> List[Dict[str, Any]]:
    return [{"address": address, "subnets": [subnet], "gateway": None, **more}]


def wanted(**options: Any) -> Wanted:
    defaults = {name: option.get("default") for name, option in ARGUMENT_SPEC.items()}
    return spec({**defaults, "network": "100.100.0.0/16", **options})


@pytest.mark.parametrize("gateway", [None, "100.100.0.2"])
def test_without_a_tunnel_routes_lead_through_the_peer_itself(gateway: Any) -> None:
    assert wanted(peers=peers(gateway=gateway)).ways == (Way("100.100.2.0/24", "198.51.100.2", "198.51.100.2"),)


def test_in_a_tunnel_they_lead_through_its_gateway() -> None:
    assert wanted(**VXLAN, peers=peers(gateway="100.100.0.2")).ways[0].gateway == "100.100.0.2"


def test_the_tunnel_is_the_same_on_every_host_without_a_word() -> None:
    one = wanted(**VXLAN, peers=peers(gateway="100.100.0.2"))
    other = wanted(**{**VXLAN, "local_address": "198.51.100.2", "address": "100.100.0.2/24"})
    assert one.vni == other.vni > 0
    assert one.interface == f"vxlan{one.vni}"
    assert len(one.interface) <= 15
    assert wanted(**VXLAN, network="100.100.0.0/17").vni != one.vni


def test_absent_needs_the_network_alone() -> None:
    assert not wanted(state="absent", mode="vxlan").present


def test_peers_are_told_once() -> None:
    both = [*peers(), *peers("100.100.3.0/24")]
    assert wanted(peers=both).peers == ("198.51.100.2",)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"network": "100.100.0.0"}, None),
        ({"network": "100.100.0.1/16"}, "network '100.100.0.1/16' is not a network"),
        ({"network": "0.0.0.0/0"}, "can't be a network of containers"),
        ({"peers": peers("100.101.2.0/24")}, "subnet 100.101.2.0/24 of peer 198.51.100.2 is not within network"),
        ({"peers": peers("2001:db8::/64")}, "is not within network"),
        ({"peers": peers(address="host2")}, "peers: address 'host2' is not an IP address"),
        ({"peers": peers(address="2001:db8::2")}, "which is of the other IP version"),
        ({"peers": [*peers(), *peers("100.100.2.128/25", "198.51.100.3")]}, "overlap"),
        ({**VXLAN, "local_address": None}, "local_address is missing"),
        ({**VXLAN, "address": None}, "address is missing"),
        ({**VXLAN, "address": "100.101.0.1/24"}, "is not within network"),
        ({**VXLAN, "address": "100.100.0.1"}, "is not within network"),
        ({**VXLAN, "peers": peers()}, "peer 198.51.100.2 has no gateway"),
        ({**VXLAN, "peers": peers(gateway="100.100.9.2")}, "is not a neighbour of address 100.100.0.1/24"),
        ({**VXLAN, "peers": peers(gateway="100.100.0.1")}, "is not a neighbour of address 100.100.0.1/24"),
        ({**VXLAN, "peers": peers(address="198.51.100.1", gateway="100.100.0.2")}, "is local_address"),
        ({**VXLAN, "peers": peers(address="2001:db8::2", gateway="100.100.0.2")}, "are of two IP versions"),
        ({**VXLAN, "vni": 0}, "vni 0 is not between"),
        ({**VXLAN, "port": 65536}, "port 65536 is not between"),
        ({**VXLAN, "mtu": 10}, "mtu 10 is not between"),
        ({**VXLAN, "interface": "sixteen-letters-"}, "is not a name for a link"),
        ({**VXLAN, "interface": "a/b"}, "is not a name for a link"),
    ],
)
def test_refused(options: Dict[str, Any], words: Any) -> None:
    if words is None:
        assert str(wanted(**options).network) == "100.100.0.0/32"
        return
    with pytest.raises(ContainersError) as caught:
        wanted(**options)
    assert words in caught.value.message
