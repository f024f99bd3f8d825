# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs on a bridge: made with its first member, removed with its last, somebody else's left alone."""

from __future__ import annotations

from typing import Any, Dict

import pytest
from veth_lab import Lab

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

BRIDGE: Dict[str, Any] = {
    "bridge": "br0",
    "host_address": ["198.51.100.1/24", "2001:db8::1/64"],
    "gateway": ["198.51.100.1", "2001:db8::1"],
}
BLUE = {**BRIDGE, "netns": "blue", "host_interface": "veth-b", "address": ["198.51.100.2/24", "2001:db8::2/64"]}
RED = {**BRIDGE, "netns": "red", "host_interface": "veth-r", "address": ["198.51.100.3/24", "2001:db8::3/64"]}


def _character(lab: Lab) -> Dict[str, Any]:
    """What makes a bridge what it is."""
    shown = lab.link("br0")
    return {
        "mac": shown["address"],
        "alias": shown.get("ifalias"),
        "spanning tree": shown["linkinfo"]["info_data"]["stp_state"],
        "addresses": lab.addresses("br0"),
        "settings": [lab.setting("ipv4/conf/br0/rp_filter"), lab.setting("ipv6/conf/br0/accept_ra")],
    }


def test_two_containers_reach_each_other_and_the_host(lab: Lab) -> None:
    lab.pair(**BLUE)
    lab.pair(**RED)
    assert lab.reaches("198.51.100.3", "blue")
    assert lab.reaches("2001:db8::2", "red")
    assert lab.reaches("198.51.100.1", "red")
    assert lab.reaches("2001:db8::3")
    assert lab.pair(**BLUE)["ops"] == lab.pair(**RED)["ops"] == []


def test_the_bridge_is_made_to_forward_at_once_and_keep_its_mac(lab: Lab) -> None:
    lab.pair(**BLUE)
    first = lab.link("br0")
    data = first["linkinfo"]["info_data"]
    assert (data["stp_state"], data["forward_delay"]) == (0, 0)
    assert first["ifalias"] == "daemonless:bridge"
    assert lab.setting("ipv6/conf/br0/accept_ra") == "0"
    lab.pair(**RED)
    assert lab.link("br0")["address"] == first["address"]
    lab.pair(netns="blue", host_interface="veth-b", state="absent")
    assert lab.link("br0")["address"] == first["address"]


def test_the_port_is_a_hairpin_without_addresses(lab: Lab) -> None:
    veth = lab.pair(**BLUE)["veth"]
    port = lab.link("veth-b")
    assert port["master"] == "br0"
    assert port["linkinfo"]["info_slave_data"]["hairpin"] is True
    assert lab.addresses("veth-b") == veth["host"]["addresses"] == []
    assert lab.addresses("br0") == veth["bridge"]["addresses"] == ["198.51.100.1/24", "2001:db8::1/64"]


def test_removed_with_its_last_member(lab: Lab) -> None:
    before = lab.dump()
    lab.pair(**BLUE)
    lab.pair(**RED)
    assert lab.pair(netns="blue", host_interface="veth-b", state="absent")["ops"] == ["remove link veth-b"]
    assert lab.reaches("198.51.100.1", "red")
    ops = lab.pair(netns="red", host_interface="veth-r", state="absent")["ops"]
    assert ops == ["remove link veth-r", "remove bridge br0"]
    assert lab.dump()[""] == before[""]


def test_removed_even_if_the_last_member_went_by_itself(lab: Lab) -> None:
    lab.pair(**BLUE)
    lab.sh("ip link del veth-b")
    ops = lab.pair(netns="blue", host_interface="veth-b", bridge="br0", state="absent")["ops"]
    assert ops == ["remove bridge br0"]
    assert lab.pair(netns="blue", host_interface="veth-b", bridge="br0", state="absent")["ops"] == []


def test_a_stranger_among_the_members_keeps_the_bridge(lab: Lab) -> None:
    lab.pair(**BLUE)
    lab.sh("ip link add tap9 type veth peer name tap8; ip link set tap9 master br0")
    assert lab.pair(netns="blue", host_interface="veth-b", state="absent")["ops"] == ["remove link veth-b"]
    assert lab.link("br0")["ifname"] == "br0"


def test_somebody_elses_bridge_is_joined_and_left_as_it_is(lab: Lab) -> None:
    """Its hardware address too, which is the lowest of its members': never ours."""
    lab.sh("ip link add br0 type bridge stp_state 1; ip addr add 198.51.100.1/24 dev br0; ip link set br0 up")
    lab.sh("ip link add lan0 address f0:00:00:00:00:01 type veth peer name lan1; ip link set lan0 master br0")
    before = _character(lab)
    options = {**BLUE, "host_address": ["198.51.100.1/24"], "address": ["198.51.100.2/24"], "gateway": ["198.51.100.1"]}
    assert lab.pair(**options)["veth"]["bridge"]["ours"] is False
    assert _character(lab) == before
    lab.pair(netns="blue", host_interface="veth-b", bridge="br0", state="absent")
    assert _character(lab) == before
    assert lab.names() == ["br0", "lan0", "lan1", "lo"]


def test_somebody_elses_bridge_is_given_no_address(lab: Lab) -> None:
    lab.sh("ip link add br0 type bridge")
    before = lab.dump()
    with pytest.raises(ContainersError, match=r"bridge br0 .* doesn't have the address 198\.51\.100\.1/24"):
        lab.pair(**BLUE)
    assert lab.dump() == before


def test_a_link_that_is_no_bridge_is_refused(lab: Lab) -> None:
    lab.sh("ip link add br0 type veth peer name br1")
    before = lab.dump()
    with pytest.raises(ContainersError, match="link br0 is there already and is no bridge"):
        lab.pair(**BLUE)
    assert lab.dump() == before


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_bridge_that_a_killed_run_made_and_did_not_mark_is_ours(lab: Lab, state: str) -> None:
    """Its hardware address tells."""
    mac = lab.pair(**BLUE)["veth"]["bridge"]["mac"]
    lab.pair(netns="blue", host_interface="veth-b", state="absent")
    lab.sh(f"ip link add br0 address {mac} type bridge")
    if state == "present":
        assert "mark br0 as ours (daemonless:bridge)" in lab.pair(**BLUE)["ops"]
        assert lab.pair(**BLUE)["ops"] == []
    else:
        gone = {"netns": "blue", "bridge": "br0", "host_interface": "veth-b", "state": "absent"}
        assert lab.pair(**gone)["ops"] == ["remove bridge br0"]
        assert "br0" not in lab.names()


def test_from_one_bridge_to_another(lab: Lab) -> None:
    lab.pair(**BLUE)
    ops = lab.pair(**{**BLUE, "bridge": "br1"})["ops"]
    assert "put veth-b into bridge br1" in ops
    assert ops[-1] == "remove bridge br0"
    assert lab.reaches("198.51.100.2")
    assert lab.pair(**{**BLUE, "bridge": "br1"})["ops"] == []


def test_from_the_host_to_a_bridge_and_back(lab: Lab) -> None:
    alone = {**BLUE, "bridge": None}
    lab.pair(**alone)
    ops = lab.pair(**BLUE)["ops"]
    assert not any(op.startswith("connect") for op in ops)
    assert lab.reaches("198.51.100.2")
    ops = lab.pair(**alone)["ops"]
    assert ops[-1] == "remove bridge br0"
    assert lab.reaches("2001:db8::2")
    assert lab.pair(**alone)["ops"] == []


def test_the_whole_bridge_is_predicted(lab: Lab) -> None:
    before = lab.dump()
    predicted = lab.pair(check_mode=True, **BLUE)
    assert lab.dump() == before
    assert lab.pair(**BLUE) == predicted


def test_router_advertisements_of_a_container_are_not_believed(lab: Lab) -> None:
    lab.pair(**BLUE)
    assert {lab.setting(f"ipv6/conf/{link}/accept_ra") for link in ("br0", "veth-b")} == {"0"}
