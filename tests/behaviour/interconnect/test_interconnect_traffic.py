# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an interconnect is for: packets from container to container across hosts, untranslated, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

MODES = pytest.mark.parametrize("mode", ["routes", "vxlan"])
NUMBERS = (1, 2, 3)
CONTAINERS = {number: f"100.100.1.{32 * number + 2}" for number in NUMBERS}


@MODES
def test_every_container_reaches_every_other(lab: Any, mode: str) -> None:
    for number in NUMBERS:
        lab.connect(number, mode)
    for number in NUMBERS:
        for address in CONTAINERS.values():
            assert lab.reaches(number, address)


@MODES
def test_with_rules_packets_pass_untranslated_where_the_network_is_routed(lab: Any, shell: Any, mode: str) -> None:
    for number in (1, 2):
        lab.connect(number, mode, others=(1, 2))
        lab.nat(number)
    assert not lab.reaches(1, CONTAINERS[2])
    for number in (1, 2):
        lab.nat(number, routed_networks=["100.100.1.0/24"])
    shell("ip netns exec h2 nft add table ip seen")
    shell("ip netns exec h2 nft add chain ip seen f '{ type filter hook forward priority -10; }'")
    shell(f"ip netns exec h2 nft add rule ip seen f ip saddr {CONTAINERS[1]} counter")
    assert lab.reaches(1, CONTAINERS[2])
    assert lab.reaches(2, CONTAINERS[1])
    assert "packets 0 " not in shell("ip netns exec h2 nft list chain ip seen f")


def test_strangers_are_still_kept_out(lab: Any, shell: Any) -> None:
    """A neighbour of the host that is in no routed network gets to no container."""
    for number in (1, 2):
        lab.connect(number, "routes", others=(1, 2))
        lab.nat(number, routed_networks=["100.100.1.0/24"])
    shell("ip -n h3 route add 100.100.1.64/27 via 198.51.100.2")
    with pytest.raises(AssertionError):
        shell(f"ip netns exec h3 ping -c1 -W1 {CONTAINERS[2]}")
    assert lab.reaches(1, CONTAINERS[2])


def test_large_packets_pass_in_pieces_or_are_told_what_fits(lab: Any) -> None:
    for number in (1, 2):
        lab.connect(number, "vxlan", others=(1, 2))
    assert lab.reaches(1, CONTAINERS[2], "-s", "1422", "-M", "do")  # 1450 with the headers
    assert not lab.reaches(1, CONTAINERS[2], "-s", "1423", "-M", "do")
    assert lab.reaches(1, CONTAINERS[2], "-s", "4000")


def test_over_ipv6(lab: Any) -> None:
    """Both the containers' addresses and the hosts'."""
    for number, other in ((1, 2), (2, 1)):
        lab.connect(
            number,
            "vxlan",
            network="2001:db8:1::/48",
            local_address=f"2001:db8::{number}",
            address=f"2001:db8:1::{number}/64",
            peers=[
                {
                    "address": f"2001:db8::{other}",
                    "subnets": [f"2001:db8:1:{other}::/64"],
                    "gateway": f"2001:db8:1::{other}",
                }
            ],
        )
    assert any(lab.reaches(1, "2001:db8:1:2::2") for _attempt in range(5))  # neighbours are found out first
    (link,) = lab.ip("h1", "link show type vxlan")
    assert link["mtu"] == 1430
    assert lab.setting(1, "ipv6/conf/all/forwarding") == "1"


def test_ipv6_routes(lab: Any) -> None:
    for number, other in ((1, 2), (2, 1)):
        peers = [{"address": f"2001:db8::{other}", "subnets": [f"2001:db8:1:{other}::/64"], "gateway": None}]
        made = lab.run(number, network="2001:db8:1::/48", peers=peers)
        assert made["changed"]
        assert lab.run(number, network="2001:db8:1::/48", peers=peers)["ops"] == []
    assert any(lab.reaches(1, "2001:db8:1:2::2") for _attempt in range(5))
    lab.run(1, network="2001:db8:1::/48", state="absent")
    assert not lab.reaches(1, "2001:db8:1:2::2")


def test_a_host_behind_a_router_is_reached_by_vxlan_only(lab: Any, shell: Any) -> None:
    """h2 becomes the router between h1 and h3, which moves to 203.0.113.3."""
    shell("ip -n h3 addr del 198.51.100.3/24 dev eth0; ip -n h3 addr add 203.0.113.3/24 dev eth0")
    shell("ip -n h2 addr add 203.0.113.2/24 dev eth0; ip netns exec h2 sysctl -qw net.ipv4.ip_forward=1")
    shell("ip -n h1 route replace default via 198.51.100.2; ip -n h3 route replace default via 203.0.113.2")
    far = {"address": "203.0.113.3", "subnets": ["100.100.1.96/27"], "gateway": None}
    with pytest.raises(Exception, match=r"behind the router 198.51.100.2.*mode=vxlan"):
        lab.run(1, peers=[far])
    lab.connect(1, "vxlan", peers=[{**far, "gateway": "100.100.1.3"}])
    near = {"address": "198.51.100.1", "subnets": ["100.100.1.32/27"], "gateway": "100.100.1.1"}
    lab.connect(3, "vxlan", peers=[near], local_address="203.0.113.3")
    assert lab.reaches(1, CONTAINERS[3])
