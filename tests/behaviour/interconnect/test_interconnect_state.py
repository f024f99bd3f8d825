# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interconnect on the kernel: its twin, check mode, drift, change of mode, removal, and what is others'."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

MODES = pytest.mark.parametrize("mode", ["routes", "vxlan"])


@MODES
def test_twin_and_check_mode(lab: Any, mode: str) -> None:
    before = lab.state(1)
    predicted = lab.connect(1, mode, check_mode=True)
    assert lab.state(1) == before
    made = lab.connect(1, mode)
    assert made["changed"]
    assert made["ops"] == predicted["ops"]
    assert made["interconnect"] == predicted["interconnect"]
    again = lab.connect(1, mode)
    assert again["ops"] == []
    assert again["interconnect"] == made["interconnect"]
    assert lab.connect(1, mode, check_mode=True)["ops"] == []


@MODES
def test_absent_leaves_nothing_but_forwarding(lab: Any, mode: str) -> None:
    before = lab.state(1)
    assert before[-1] == "0"
    lab.connect(1, mode)
    predicted = lab.run(1, check_mode=True, state="absent")
    gone = lab.run(1, state="absent")
    assert gone["ops"] == predicted["ops"] != []
    assert lab.state(1)[:-1] == before[:-1]
    assert lab.run(1, state="absent")["changed"] is False


def test_the_kernel_shows_what_was_asked_for(lab: Any, shell: Any) -> None:
    lab.connect(1, "vxlan", vni=7, port=4790, interface="vx0")
    link = lab.ip("h1", "addr show dev vx0")[0]
    data = link["linkinfo"]["info_data"]
    assert (data["id"], data["port"], data["local"]) == (7, 4790, "198.51.100.1")
    assert (link["mtu"], link["ifalias"]) == (1450, "daemonless:interconnect:100.100.1.0/24")
    assert [one["local"] for one in link["addr_info"] if one["family"] == "inet"] == ["100.100.1.1"]
    flood = shell("bridge -n h1 fdb show dev vx0")
    assert "00:00:00:00:00:00 dst 198.51.100.2" in flood
    assert "00:00:00:00:00:00 dst 198.51.100.3" in flood
    assert lab.routes(1)["100.100.1.64/27"]["gateway"] == "100.100.1.2"


def test_drift_is_mended_and_only_that(lab: Any, shell: Any) -> None:
    first = lab.connect(1, "vxlan", interface="vx0")
    index = lab.ip("h1", "link show dev vx0")[0]["ifindex"]
    shell("ip -n h1 route del 100.100.1.64/27")
    shell("bridge -n h1 fdb del 00:00:00:00:00:00 dev vx0 dst 198.51.100.3")
    shell("bridge -n h1 fdb append 00:00:00:00:00:00 dev vx0 dst 198.51.100.9")
    shell("ip -n h1 link set vx0 mtu 1400")
    mended = lab.connect(1, "vxlan", interface="vx0")
    assert mended["ops"] == [
        "set the MTU of vx0 to 1450",
        "remove host 198.51.100.9 from vx0",
        "add host 198.51.100.3 to vx0",
        "add route 100.100.1.64/27 via 100.100.1.2 through vx0",
    ]
    assert mended["interconnect"] == first["interconnect"]
    assert lab.ip("h1", "link show dev vx0")[0]["ifindex"] == index
    shell("ip -n h1 link del vx0")
    assert lab.connect(1, "vxlan", interface="vx0")["interconnect"] == first["interconnect"]


def test_a_peer_comes_and_goes(lab: Any) -> None:
    for mode in ("routes", "vxlan"):
        lab.connect(1, mode, others=(1, 2))
        assert sorted(lab.routes(1)) == ["100.100.1.64/27"]
        more = lab.connect(1, mode)
        assert not any(op.startswith(("remove", "create")) for op in more["ops"])
        assert sorted(lab.routes(1)) == ["100.100.1.64/27", "100.100.1.96/27"]
        lab.connect(1, mode, others=(1, 3))
        assert sorted(lab.routes(1)) == ["100.100.1.96/27"]


def test_changing_mode_or_tunnel_leaves_nothing_of_the_former(lab: Any) -> None:
    lab.connect(1, "vxlan", vni=7)
    lab.connect(1, "vxlan", vni=8)
    assert [link["ifname"] for link in lab.ip("h1", "link show type vxlan")] == ["vxlan8"]
    assert {route["dev"] for route in lab.routes(1).values()} == {"vxlan8"}
    lab.connect(1, "routes")
    assert lab.ip("h1", "link show type vxlan") == []
    assert {route["dev"] for route in lab.routes(1).values()} == {"eth0"}


def test_two_networks_live_side_by_side(lab: Any) -> None:
    lab.connect(1, "vxlan")
    other = {"address": "198.51.100.2", "subnets": ["203.0.113.64/27"], "gateway": None}
    lab.run(1, network="203.0.113.0/24", peers=[other])
    assert lab.connect(1, "vxlan")["ops"] == []
    lab.run(1, network="203.0.113.0/24", state="absent")
    assert lab.connect(1, "vxlan")["ops"] == []


def test_what_others_made_is_refused_and_stays(lab: Any, shell: Any) -> None:
    shell("ip -n h1 route add 100.100.1.64/27 via 198.51.100.2")
    before = lab.state(1)
    with pytest.raises(ContainersError, match=r"there is a route to 100.100.1.64/27 already, through eth0"):
        lab.connect(1, "routes")
    lab.run(1, state="absent")
    assert lab.state(1) == before
    shell("ip -n h1 route del 100.100.1.64/27; ip -n h1 link add vx0 type bridge")
    with pytest.raises(ContainersError, match=r"link vx0 is there already"):
        lab.connect(1, "vxlan", interface="vx0")


def test_a_subnet_of_this_host_itself_is_refused(lab: Any) -> None:
    with pytest.raises(ContainersError, match=r"route to 100.100.1.32/27 already, through box"):
        lab.run(1, peers=[{"address": "198.51.100.2", "subnets": ["100.100.1.32/27"], "gateway": None}])


def test_peers_that_cannot_be_meant(lab: Any) -> None:
    with pytest.raises(ContainersError, match="is this host itself"):
        lab.run(1, peers=[{"address": "198.51.100.1", "subnets": ["100.100.1.64/27"], "gateway": None}])
    with pytest.raises(ContainersError, match=r"local_address 198.51.100.9 is not an address of this host"):
        lab.connect(1, "vxlan", local_address="198.51.100.9")


def test_a_failure_takes_back_what_was_done(lab: Any, shell: Any) -> None:
    """The kernel gives the port of one that understands other frames to no second: nothing of the run remains."""
    shell("ip -n h1 link add foreign type vxlan dstport 4789 external gpe")
    shell("ip -n h1 link set foreign up")
    lab.connect(1, "routes")
    before = lab.state(1)
    with pytest.raises(ContainersError, match=r"vxlan7.* up: Address already in use"):
        lab.connect(1, "vxlan", vni=7)
    assert lab.state(1) == before


def test_another_of_the_number_is_named(lab: Any, shell: Any) -> None:
    shell("ip -n h1 link add foreign type vxlan id 7 dstport 4789 local 198.51.100.1")
    with pytest.raises(ContainersError, match="link foreign has VNI 7 at UDP port 4789"):
        lab.connect(1, "vxlan", vni=7)
    assert lab.connect(1, "vxlan", vni=8)["changed"]
    assert not lab.connect(1, "vxlan", vni=8)["changed"]
