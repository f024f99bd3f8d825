# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of a fleet: always the same for the same history, kept while their owner stays, never given twice."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.network import Network, allocate, network


def net(*subnets: str, mode: str = "bridge", bridge: Any = None, fleet: str = "web") -> Network:
    options = {"subnet": subnets, "mode": mode, "bridge": bridge, "masquerade": True}
    options.update(out_interface=None, routed_networks=None)
    found = network(options, fleet)
    assert found is not None
    return found


NET = net("100.100.8.0/29")


@pytest.mark.parametrize(
    ("names", "kept", "expected"),
    [
        (["a", "b"], {}, {"a": 2, "b": 3}),
        (["b", "a"], {"a": 2, "b": 3}, {"a": 2, "b": 3}),
        (["c"], {"a": 2, "b": 3}, {"c": 4}),
        (["a", "c"], {"b": 2, "a": 4}, {"a": 4, "c": 3}),
        (["a"], {"a": 1}, {"a": 2}),
        (["a"], {"a": 7}, {"a": 2}),
    ],
)
def test_lowest_free_number_and_what_was_given(names: Any, kept: Dict[str, int], expected: Dict[str, int]) -> None:
    assert allocate(NET, names, kept) == expected


def test_an_address_by_hand_is_passed_over_in_each_family() -> None:
    both = net("100.100.8.0/24", "2001:db8::/64")
    assert allocate(both, ["a"], {}, ["100.100.8.2/24", "2001:db8::3", "203.0.113.9"]) == {"a": 4}


def test_a_full_subnet_names_who_gets_none() -> None:
    assert len(allocate(NET, list("abcde"), {})) == 5
    with pytest.raises(ContainersError, match=r"100.100.8.0/29 has no address left for container f. It holds 5"):
        allocate(NET, list("abcdef"), {})


def test_the_smaller_family_decides() -> None:
    assert net("100.100.8.0/29", "2001:db8::/64").last == 6
    assert net("2001:db8::/125").last == 7


def test_addresses_on_a_bridge_and_without_one() -> None:
    assert NET.addresses(3) == ["100.100.8.3/29"]
    assert net("100.100.8.0/24", "2001:db8::/64", mode="ptp").addresses(3) == ["100.100.8.3/32", "2001:db8::3/128"]
    assert net("100.100.8.0/24", mode="ptp").veth(2)["bridge"] is None


def test_the_bridge_has_a_name_that_the_kernel_takes() -> None:
    assert NET.bridge == "br-web"
    assert len(net("100.100.8.0/24", fleet="a-rather-long-name").bridge or "") == 15
    assert net("100.100.8.0/24", bridge="mine").bridge == "mine"


@pytest.mark.parametrize(
    ("subnets", "more", "words"),
    [
        ((), {}, "one subnet of each IP version"),
        (("100.100.8.0/24", "100.100.9.0/24"), {}, "one subnet of each IP version"),
        (("100.100.8.1/24",), {}, "is not a subnet"),
        (("web",), {}, "is not a subnet"),
        (("100.100.8.0/31",), {}, "no room"),
        (("224.0.0.0/24",), {}, "no room"),
        (("100.100.8.0/24",), {"mode": "ptp", "bridge": "br0"}, "bridge 'br0' is given, and mode is ptp"),
    ],
)
def test_networks_that_cannot_be_meant(subnets: Any, more: Any, words: str) -> None:
    with pytest.raises(ContainersError, match=words):
        net(*subnets, **more)


def test_no_network_is_none() -> None:
    assert network(None, "web") is None
